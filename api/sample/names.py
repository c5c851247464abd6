"""Names as they are spread in the city, drawn and not copied from anyone.

Weights of surnames and of the number of words are those counted among some 8,750 names of a
city university; middle and given names are those usual for children born about 2008.
"""

from random import Random

_SURNAMES = {  # per cent
    "Nguyễn": 31.4, "Trần": 9.7, "Lê": 9.0, "Phạm": 6.4, "Võ": 3.3, "Huỳnh": 3.0, "Phan": 2.7,
    "Bùi": 2.6, "Hoàng": 2.5, "Vũ": 2.2, "Trương": 2.1, "Đỗ": 2.0, "Đặng": 1.9, "Hồ": 1.7,
    "Ngô": 1.5, "Dương": 1.3, "Đoàn": 1.2, "Đinh": 1.0, "Trịnh": 1.0, "Cao": 0.9, "Đào": 0.8,
    "Mai": 0.8, "Lương": 0.7, "Lưu": 0.7, "Lâm": 0.6, "Hà": 0.5, "Thái": 0.4, "Phùng": 0.4,
    "Tạ": 0.4, "Lý": 0.4, "Văn": 0.3, "Tô": 0.3, "Vương": 0.3, "Châu": 0.3,
}  # fmt: skip
_MIDDLE = {
    "Nam": {
        "Minh": 8, "Gia": 7, "Văn": 6, "Thanh": 5, "Hoàng": 5, "Quốc": 5, "Đức": 4, "Bảo": 4,
        "Thiên": 4, "Ngọc": 3, "Tuấn": 3, "Anh": 3, "Hữu": 3, "Khánh": 2, "Nhật": 2,
    },
    "Nữ": {
        "Ngọc": 10, "Thị": 9, "Thanh": 6, "Khánh": 6, "Bảo": 5, "Minh": 5, "Gia": 5, "Thị Thu": 3,
        "Thị Kim": 3, "Thị Ngọc": 3, "Quỳnh": 3, "Phương": 3, "Thùy": 3, "Hoàng": 2, "Tường": 2,
    },
}  # fmt: skip
_GIVEN = {
    "Nam": (
        "Huy", "Khang", "Bảo", "Minh", "Phúc", "Khoa", "Đạt", "Long", "Anh", "Duy", "Kiệt",
        "Thịnh", "Khôi", "Phát", "Nhân", "Tài", "Tín", "Nam", "Hưng", "Quân", "Đăng", "Hải",
        "Thắng", "Trung", "Vũ", "Sơn", "Tuấn", "Hòa", "Lộc", "Nghĩa",
    ),
    "Nữ": (
        "Vy", "Ngọc", "Nhi", "Hân", "Thư", "Anh", "Trâm", "Như", "Ngân", "Trân", "Quỳnh", "My",
        "Thảo", "Uyên", "Linh", "Trang", "Phương", "Hà", "Yến", "Thủy", "Tiên", "Châu", "Mai",
        "Hằng", "Duyên", "Nguyệt", "Diệu", "Ánh", "Thúy", "Huyền",
    ),
}  # fmt: skip


def draw_name(random: Random, sex: str) -> str:
    """A name for a pupil of that sex (``Nam`` or ``Nữ``): mostly three words, one in six four."""
    [surname] = random.choices(list(_SURNAMES), list(_SURNAMES.values()))
    [middle] = random.choices(list(_MIDDLE[sex]), list(_MIDDLE[sex].values()))
    given = random.choice(_GIVEN[sex])
    if " " not in middle and random.random() < 0.12:
        given = f"{random.choice(_GIVEN[sex])} {given}"
    return f"{surname} {middle} {given}"
