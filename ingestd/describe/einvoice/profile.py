"""What to call a document: its standard, its profile and its syntax, from the guideline it names.

urn:factur-x.eu:1p0:minimum                                      Factur-X MINIMUM (CII)
urn:cen.eu:en16931:2017#conformant#urn:zugferd.de:2p0:extended   ZUGFeRD 2 EXTENDED (CII)
urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0   XRechnung
"""

from __future__ import annotations

_OF_THEIR_OWN = (("xrechnung", "XRechnung"), ("peppol", "Peppol BIS Billing"))
_PROFILES = (
    ("extended", "EXTENDED"),
    ("basicwl", "BASIC WL"),
    ("basic", "BASIC"),
    ("minimum", "MINIMUM"),
    ("comfort", "COMFORT"),
    ("komfort", "COMFORT"),  # as some programs write it
    ("en16931", "EN 16931"),  # last: the identifiers of the others have it in them
)


def kind_of_cii(guideline: str, standard: str) -> str:
    """The name of a Cross Industry Invoice (BT-24).

    :param standard: its standard, where that is known already, else empty.
    """
    said = guideline.lower()
    own = _named(said, _OF_THEIR_OWN)
    standard = standard or ("ZUGFeRD 2" if "zugferd" in said else "Factur-X")
    return f"{own or f'{standard} {_named(said, _PROFILES)}'.rstrip()} (CII)"


def kind_of_ubl(customization: str) -> str:
    """The name of an invoice in UBL (BT-24)."""
    said = customization.lower()
    return f"{_named(said, _OF_THEIR_OWN) or _named(said, _PROFILES) or 'Invoice'} (UBL)"


def _named(said: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for part, name in names if part in said), "")
