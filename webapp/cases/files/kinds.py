"""The types that are taken, and the endings that never are. What is not listed here is refused."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A type that is taken: `extensions` are the endings a name of it may have, the first is the usual one."""

    id: str
    mime: str
    extensions: tuple[str, ...]
    family: str         # picture, pdf, text, office, sound, film


_LISTED = (
    Kind("jpeg", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), "picture"),
    Kind("png", "image/png", ("png",), "picture"),
    Kind("gif", "image/gif", ("gif",), "picture"),
    Kind("webp", "image/webp", ("webp",), "picture"),
    Kind("heic", "image/heic", ("heic", "heif", "hif"), "picture"),
    Kind("pdf", "application/pdf", ("pdf",), "pdf"),
    Kind("text", "text/plain", ("txt", "text", "log", "md"), "text"),
    Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",), "office"),
    Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",), "office"),
    Kind("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ("pptx",), "office"),
    Kind("odt", "application/vnd.oasis.opendocument.text", ("odt",), "office"),
    Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", ("ods",), "office"),
    Kind("doc", "application/msword", ("doc",), "office"),
    Kind("xls", "application/vnd.ms-excel", ("xls",), "office"),
    Kind("ppt", "application/vnd.ms-powerpoint", ("ppt",), "office"),
    Kind("mp3", "audio/mpeg", ("mp3",), "sound"),
    Kind("amr", "audio/amr", ("amr",), "sound"),
    Kind("m4a", "audio/mp4", ("m4a",), "sound"),
    Kind("mp4", "video/mp4", ("mp4", "m4v"), "film"),
    Kind("mov", "video/quicktime", ("mov", "qt"), "film"),
)
KINDS = {kind.id: kind for kind in _LISTED}

# Endings that a computer runs, opens as a page or unpacks: a name that ends so is refused, whatever the content is.
REFUSED_ENDINGS = frozenset("""
ade adp app appimage appx asp aspx bash bat bin cab chm class cmd com command cpl crt csh deb dll dmg dylib elf exe ext gadget gz hlp hta htaccess htm html htmls
img inf ins iso isp jar jnlp job js jse jsp ksh lib lnk mam mde mht mhtml mjs msc msh msi msix msp mst ocx ops pcd php php3 php4 php5 phar phtml pif pkg pl ps1
ps1xml ps2 psc1 psc2 py pyc pyw pyz rar rb reg rgs rpm rtf scf scr sct sh shb shs shtml so svg svgz swf sys tar tgz url vb vbe vbs vhd vhdx vxd wasm webloc
wiz ws wsc wsf wsh xap xbap xht xhtml xll xml xps xsl xslt z zip 7z bz2 xz zst apk ipa docm dotm xlsm xltm xlam xlsb pptm potm ppsm ppam sldm odb
""".split())
KNOWN_ENDINGS = {extension: kind for kind in _LISTED for extension in kind.extensions}
