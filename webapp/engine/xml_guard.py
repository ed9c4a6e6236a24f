"""The first look at untrusted XML, before and right after the parser: what may not be in a file of ours, whatever it says. Nothing is fetched or expanded."""
from __future__ import annotations

import re

from lxml import etree

MAX_BYTES = 1_000_000
MAX_DEPTH = 60
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
ALLOWED_ATTRIBUTES = {      # of other namespaces; None: any of it
    XSI: {"type"}, XML: {"lang", "space"},
    "http://bpmn.io/schema/bpmn/biocolor/1.0": None, "http://www.omg.org/spec/BPMN/non-normative/color/1.0": None,
    "http://bpmn.io/schema/dmn/biodi/1.0": None, "http://bpmn.io/schema/dmn/biodi/2.0": None,
    "http://camunda.org/schema/modeler/1.0": {"executionPlatform", "executionPlatformVersion"},     # an editor's stamp
}
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([^"']*)["']""")
_VERSION = re.compile(r"""version\s*=\s*["']([^"']*)["']""")


def parse_guarded(data: bytes, stored: bool = False) -> etree._Element:
    """The root of an XML file of at most 1 MB: UTF-8, no DTD, no entities, no processing instructions. ValueError says what is wrong. `stored`: its bytes were looked at before."""
    if not stored:
        _check_source(data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True,
                             remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"not well-formed XML: {getattr(error, 'msg', None) or error}") from None
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a DOCTYPE is not allowed")
    return root


def _check_source(data: bytes) -> None:
    """What can be told from the bytes alone, so that the parser never meets it."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES} bytes")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or 0 in data[:2]:
        raise ValueError("the encoding must be UTF-8")
    if b"\0" in data:
        raise ValueError("holds a NUL character")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the encoding must be UTF-8") from None
    declared = _DECLARATION.match(text)
    if declared:
        encoding, version = _ENCODING.search(declared[0]), _VERSION.search(declared[0])
        if encoding and encoding[1].lower() not in ("utf-8", "utf8", "us-ascii"):
            raise ValueError(f"the encoding must be UTF-8, not {encoding[1][:40]}")
        if version and version[1] != "1.0":
            raise ValueError(f"XML 1.0 is read, not {version[1][:20]}")
        text = text[declared.end():]
    _check_markup(text)


def _check_markup(text: str) -> None:
    """No DOCTYPE or entity declaration and no processing instruction outside comments and CDATA; and not too deep. One pass."""
    at = depth = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<!--", at):
            at = _past(text, "-->", at + 4)
        elif text.startswith("<![CDATA[", at):
            at = _past(text, "]]>", at + 9)
        elif text.startswith("<!", at):
            raise ValueError("a DOCTYPE is not allowed")
        elif text.startswith("<?", at):
            raise ValueError("a processing instruction is not allowed")
        else:
            end = _tag_end(text, at)
            depth += -1 if text.startswith("</", at) else 0 if text[end - 2:end] == "/>" else 1
            if depth > MAX_DEPTH:
                raise ValueError(f"nested deeper than {MAX_DEPTH} elements")
            at = end


def _past(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)


def _tag_end(text: str, start: int) -> int:
    """Past the `>` of a tag; one inside an attribute's quotes does not count."""
    at = start + 1
    while True:
        close = text.find(">", at)
        if close < 0:
            return len(text)
        quote = min((found for mark in "\"'" if (found := text.find(mark, at, close)) >= 0), default=-1)
        if quote < 0:
            return close + 1
        end = text.find(text[quote], quote + 1)
        if end < 0:
            return len(text)
        at = end + 1


def foreign(root: etree._Element, namespaces: dict[str, set[str] | None]) -> list[tuple[str, str, str]]:
    """Elements and attributes outside the namespaces given (namespace -> local names, None: any): (element, message, remedy)."""
    found = []
    for node in root.iter(etree.Element):
        name = etree.QName(node)
        where = node.get("id") or _around(node) or name.localname
        allowed = namespaces.get(name.namespace or "", set())
        if allowed is not None and name.localname not in allowed:
            found.append((where, f"element {name.localname} of the namespace '{(name.namespace or '')[:100]}' is not allowed", "take it out"))
        for key in node.attrib:
            attribute = etree.QName(key)
            if attribute.namespace is None:
                continue
            known = ALLOWED_ATTRIBUTES.get(attribute.namespace, set())
            if known is not None and attribute.localname not in known:
                found.append((where, f"attribute {attribute.localname} of the namespace '{attribute.namespace[:100]}' is not allowed", "take it out"))
    return found


def repeated_ids(root: etree._Element) -> list[tuple[str, str, str]]:
    """Ids that stand twice in a document."""
    seen, found = set(), {}
    for node in root.iter(etree.Element):
        identity = node.get("id")
        if identity is not None and identity in seen:
            found[identity] = (identity[:100], f"the id '{identity[:100]}' stands twice", "give each element an id of its own")
        seen.add(identity)
    return list(found.values())


def _around(node: etree._Element) -> str:
    above = node.getparent()
    while above is not None and not above.get("id"):
        above = above.getparent()
    return "" if above is None else above.get("id")
