"""What is known of a document travels with it."""

from __future__ import annotations

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.describe.einvoice.documents import Facts, cii, ubl
from tests.describe.pdfs import with_invoice
from tests.workbench import LocalKanbert

BY_NAME = r"'^(?P<date_of_invoice>\d{4}-\d\d-\d\d)_(?P<invoice_number>[^_]+)|(?P<notes>(a+)+)$'"
HOSTILE = "a" * 200 + "!.pdf"
_ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(12))
HOSTILE_XML = {
    "entities": f"<!DOCTYPE a [{_ENTITIES}]><a>&a11;</a>".encode(),
    "external": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "deep": b"<a>" * 200_000 + b"</a>" * 200_000,
    "long": b"<a>" + b"x" * 50_000_000 + b"</a>",
}
"""By what is hostile about them."""


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


def test_what_an_e_invoice_says_is_sent_with_it(site: Site, local_kanbert: LocalKanbert) -> None:
    site.options |= {"einvoice": '"skip-ocr"', "fields": '{ notes = "from the scanner" }'}
    pounds = Facts(code="381", currency="GBP", vat=(("56.87", "GBP"),))
    (site.inbox() / "letter.pdf").write_bytes(with_invoice(cii(pounds)))

    ended = site.once()

    (invoice,) = local_kanbert.store.invoices()
    assert ended.returncode == 0
    assert (invoice.type, invoice.title) == ("Credit", "Lieferant GmbH")
    assert (invoice.invoice_number, invoice.sum_net) == ("R-17", 473_00)
    assert [vat.value for vat in invoice.vats] == [19_25, 37_62]
    assert invoice.supplier_id is None  # OCR would have found one
    assert invoice.notes == "from the scanner\nAll amounts are in GBP; nothing was converted."


def test_hostile_e_invoices_cost_a_line_each_and_the_documents_are_delivered(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    for name, xml in HOSTILE_XML.items():
        (site.inbox() / f"{name}.pdf").write_bytes(with_invoice(xml))
    (site.inbox() / "honest.pdf").write_bytes(with_invoice(ubl(Facts(number="R-1"))))

    ended = site.once()

    told = [line for line in ended.stderr.splitlines() if "document.undescribed" in line]
    assert ended.returncode == 0
    assert set(site.files()) == {f"done/{name}.pdf" for name in [*HOSTILE_XML, "honest"]}
    assert len(told) == len(HOSTILE_XML)
    assert "R-1" in {invoice.invoice_number for invoice in local_kanbert.store.invoices()}


def test_with_e_invoices_off_none_is_read(site: Site, local_kanbert: LocalKanbert) -> None:
    site.options["einvoice"] = '"off"'
    (site.inbox() / "letter.pdf").write_bytes(with_invoice(cii(Facts())))

    site.once()

    (invoice,) = local_kanbert.store.invoices()
    assert invoice.title == "letter"


def test_what_an_e_invoice_beside_its_picture_says_is_sent_with_it(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options["include"] = '["*.pdf", "*.xml"]'
    (site.inbox() / "letter.xml").write_bytes(ubl(Facts(number="R-9")))
    (site.inbox() / "letter.pdf").write_bytes(pdf("Letter"))

    ended = site.once()

    (invoice,) = local_kanbert.store.invoices()
    assert ended.returncode == 0
    assert (invoice.invoice_number, invoice.title) == ("R-9", "Lieferant GmbH")
    assert set(site.files()) == {"done/letter.pdf", "done/letter.xml"}
