"""What is known of a document travels with it."""

from __future__ import annotations

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.workbench import LocalKanbert

BY_NAME = r"'^(?P<date_of_invoice>\d{4}-\d\d-\d\d)_(?P<invoice_number>[^_]+)|(?P<notes>(a+)+)$'"
HOSTILE = "a" * 200 + "!.pdf"


def test_an_invoice_has_the_fields_of_its_inbox_its_folder_and_its_name(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options |= {"recursive": "true", "subfolders": '"tags"', "filename_pattern": BY_NAME}
    site.options["fields"] = '{ type = "Credit", tags = ["scanner"], invoice_number = "0" }'
    (site.inbox() / "ACME").mkdir()
    (site.inbox() / "ACME" / "2026-05-04_R-17_Paper.pdf").write_bytes(pdf("Invoice 1"))

    ended = site.once()

    (invoice,) = local_kanbert.store.invoices()
    assert ended.returncode == 0
    assert (invoice.type, invoice.tags) == ("Credit", ("scanner", "ACME"))
    assert (invoice.invoice_number, invoice.title) == ("R-17", "2026-05-04 R-17 Paper")


def test_a_name_that_was_made_to_be_searched_for_ever_keeps_nothing_back(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options["filename_pattern"] = BY_NAME
    (site.inbox() / HOSTILE).write_bytes(pdf("Invoice 1"))
    (site.inbox() / "2026-05-04_R-17.pdf").write_bytes(pdf("Invoice 2"))

    ended = site.once()

    numbers = {invoice.invoice_number for invoice in local_kanbert.store.invoices()}
    assert ended.returncode == 0
    assert (len(numbers), "R-17" in numbers) == (2, True)
    assert "takes too long to search" in ended.stderr
