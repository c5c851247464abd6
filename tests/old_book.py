"""An old register as a school types it: a workbook of its lines, and scans of its pages."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from PIL import Image, ImageDraw

HEADINGS = ("Số vào sổ", "Trang", "Họ và tên", "Ngày sinh", "Nơi sinh", "Giới tính", "Dân tộc",
            "Năm tốt nghiệp", "Xếp loại", "Ngày cấp", "Số hiệu", "Người ký", "Ghi chú")  # fmt: skip
ROWS = (
    ("0041", "14", "NGUYỄN THỊ NGỌC KHÁNH", "00/00/1965", "Sông Bé", "Nữ", "Kinh",
     1985, "Khá", "15/08/1985", "A 012345", "Lê Văn Xưa", None),
    ("0042", "14", "Trần Văn Bé Tư", "1966", "Quận 9", "Nam", "Hoa",
     1985, "Trung bình", "15/08/1985", None, "Lê Văn Xưa", "mất trang cuối"),
    ("0043", "15", "K’Brêm", "00/02/1966", None, None, None,
     1985, None, "15/08/1985", "A 012347", None, None),
)  # fmt: skip
"""Three lines on two pages: births known to the year or month, serials and signers that lack."""

BOOK = ("--title", "Sổ cấp bằng 1985, quyển 3",
        "--document", "Bằng tốt nghiệp phổ thông trung học",
        "--issuer", "Sở Giáo dục Thành phố Hồ Chí Minh", "--signer-title", "Giám đốc")  # fmt: skip


def write(path: Path, rows: Sequence[Sequence[object]] = ROWS) -> Path:
    """The workbook, under two title rows."""
    book = Workbook()
    sheet = book.active
    sheet.append(["SỔ GỐC CẤP BẰNG TỐT NGHIỆP"])
    sheet.append([])
    for row in (HEADINGS, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def scan(folder: Path, rows: Sequence[Sequence[object]] = ROWS) -> Path:
    """A picture of each page, as a scanner names them."""
    folder.mkdir(exist_ok=True)
    for page in sorted({str(row[1]) for row in rows}):
        picture = Image.new("RGB", (900, 640), "#f4ecd8")
        drawing = ImageDraw.Draw(picture)
        drawing.text((30, 20), f"So goc 1985 - trang {page}", fill="#333", font_size=28)
        for at, row in enumerate([row for row in rows if str(row[1]) == page]):
            cells = [_plain(str(each)) for each in row if each]
            for line, part in enumerate((cells[:5], cells[5:])):
                place = (30 + 30 * line, 90 + 100 * at + 36 * line)
                drawing.text(place, "  ".join(part), fill="#223", font_size=24)
        picture.save(folder / f"so-1985_{int(page):03d}.png")
    return folder


def _plain(text: str) -> str:
    """Without marks, which the typeface at hand has not."""
    return unicodedata.normalize("NFD", text).replace("Đ", "D").encode("ascii", "ignore").decode()
