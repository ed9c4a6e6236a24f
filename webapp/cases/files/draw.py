"""Draws a small picture of a file, in a process of its own: run as a script, content on standard input, JPEG on standard output. Knows nothing of Duban.

A decoder that swells, hangs or breaks takes only this process with it.
"""
from __future__ import annotations

import io
import resource
import sys

SIDE = 640                      # pixels of the longer side
MEMORY = 1_200_000_000          # bytes of address space
SECONDS = 8                     # of the processor
MAX_PIXELS = 110_000_000
MAX_OUTPUT = 4_000_000
FORMATS = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP"}


def limit() -> None:
    """No more memory, time, files or processes than a thumbnail needs."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, MAX_OUTPUT), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))


def picture(data: bytes, kind: str):
    """The first frame, turned as the camera held it."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    image = Image.open(io.BytesIO(data), formats=[FORMATS[kind]])
    if image.width * image.height > MAX_PIXELS:
        raise ValueError("too many pixels")
    image.draft("RGB", (SIDE * 2, SIDE * 2))        # a JPEG is decoded small
    image.thumbnail((SIDE, SIDE))
    return ImageOps.exif_transpose(image)


def page(data: bytes):
    """The first page of a PDF."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    first = document[0]
    width, height = first.get_size()
    if not (width > 0 and height > 0):
        raise ValueError("no page")
    scale = SIDE / max(width, height)
    if min(width, height) * scale < 1:
        raise ValueError("no page")
    return first.render(scale=scale, may_draw_forms=False).to_pil()


def main() -> None:
    limit()
    kind, data = sys.argv[1], sys.stdin.buffer.read()
    image = page(data) if kind == "pdf" else picture(data, kind)
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA", "P") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    fresh = Image.new("RGB", image.size)            # takes the pixels, leaves place, time and camera behind
    fresh.paste(image.convert("RGB"))
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=80)
    sys.stdout.buffer.write(out.getvalue())


if __name__ == "__main__":
    main()
