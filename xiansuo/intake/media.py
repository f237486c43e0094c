"""Owns the names of the formats that intake tells apart, and what people call them."""

MAIL = "message/rfc822"
MAIL_HEADERS = "text/rfc822-headers"
MBOX = "application/mbox"
PLAIN = "text/plain"
HTML = "text/html"
CSV = "text/csv"
JSONL = "application/jsonl"
RECORD = "application/x-xiansuo-record+json"
ROW = "application/x-xiansuo-row+json"
ZIP = "application/zip"
PDF = "application/pdf"
RTF = "application/rtf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODF = "application/vnd.oasis.opendocument"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
LOCKED_OFFICE = "application/x-ole-encrypted"
OLE = "application/x-ole-storage"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
GZIP = "application/gzip"
JPEG = "image/jpeg"
PNG = "image/png"
GIF = "image/gif"
BMP = "image/bmp"
TIFF = "image/tiff"
WEBP = "image/webp"
HEIC = "image/heic"
AUDIO = "audio/*"
VIDEO = "video/*"
TNEF = "application/ms-tnef"
CARD = "text/vcard"
CALENDAR = "text/calendar"
UNKNOWN = "application/octet-stream"

IMAGES = frozenset({JPEG, PNG, GIF, BMP, TIFF, WEBP, HEIC})
# Mails by another name: what is said of a mail holds for them.
OUTLOOK = frozenset({MSG, TNEF})

_LABELS = {
    MAIL: "邮件",
    MAIL_HEADERS: "邮件信头",
    MBOX: "邮箱文件",
    PLAIN: "文本",
    HTML: "网页",
    CSV: "表格",
    JSONL: "记录文件",
    ZIP: "压缩包",
    PDF: "PDF",
    RTF: "RTF文档",
    DOCX: "Word文档",
    XLSX: "Excel表格",
    PPTX: "PPT演示文稿",
    ODF: "ODF文档",
    ODS: "ODF表格",
    ODP: "ODF演示文稿",
    DOC: "旧版Word文档（.doc）",
    XLS: "旧版Excel表格（.xls）",
    PPT: "旧版PPT演示文稿（.ppt）",
    MSG: "Outlook邮件（.msg）",
    LOCKED_OFFICE: "加密的Office文档",
    OLE: "旧版Office文档",
    RAR: "RAR压缩包",
    SEVEN_ZIP: "7z压缩包",
    GZIP: "gz压缩包",
    AUDIO: "录音",
    VIDEO: "视频",
    CARD: "电子名片",
    CALENDAR: "日程邀请",
    TNEF: "Outlook专用附件（winmail.dat）",
}


def label(media_type: str) -> str:
    """Return what an inspector calls this format."""
    return "图片" if media_type in IMAGES else _LABELS.get(media_type, "未知格式的文件")
