"""Looks at a picture's first bytes: how many pixels it says it has, and whether a script could read it as its own."""
from __future__ import annotations

import io
import warnings

from PIL import Image

from webapp.cases.errors import refuse

MAX_PIXELS = 110_000_000        # a telephone's largest photo has 108 million; more, in 10 MB, is made to swell
MAX_SIDE = 30_000
FORMATS = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP"}
OPERATORS = b"=/;,(.+-*:?[`&|<>%^"


def check(data: bytes, kind: str) -> None:
    """Refusal `file_bomb` for more pixels than MAX_PIXELS, `file_type` for a GIF whose size spells a script. A picture that cannot be read passes: it is kept, not drawn."""
    if kind == "gif" and len(data) > 8 and data[6] in OPERATORS and 9 <= data[7] < 127:
        raise refuse("file_type", "文件里混有网页、脚本或压缩包，不予接收", "The file also holds a web page, a script or an archive, and is not taken")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as picture:       # reads headers only
                width, height = picture.size
    except Image.DecompressionBombError:
        raise _too_many() from None
    except Exception:       # noqa: BLE001  whatever a decoder makes of broken bytes
        return
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_many()


def _too_many():
    return refuse("file_bomb", "图片的像素过多，请缩小后再上传", "The picture has too many pixels; make it smaller and send it again")
