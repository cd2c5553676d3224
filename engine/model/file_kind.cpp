// The table of kinds. Signatures: PDF 32000-1 (header within the first 1,024 bytes), ITU-T T.81,
// ISO/IEC 15948 (PNG), TIFF 6.0, APPNOTE 4.3.7 (ZIP, and with it OOXML, OpenDocument and OFD, GB/T
// 33190), MS-CFB (doc, xls, ppt, wps), Open Design Specification for DWG (AC…).
#include "engine/model/file_kind.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace countersign::model {

namespace {

using std::string_view_literals::operator""sv;

/// What a content's bytes can tell.
enum class ContentKind {
    pdf,
    jpeg,
    png,
    gif,
    bmp,
    tiff,
    webp,
    heif,
    zip,
    compound,
    dwg,
    rar,
    seven_zip,
    gzip,
    media,
    rtf,
    program,
    script,
    plain,
    unknown,
};

struct Signature {
    std::string_view bytes;
    ContentKind content;
};

constexpr Signature signatures[] = {
    {"\xff\xd8\xff"sv, ContentKind::jpeg},
    {"\x89PNG\r\n\x1a\n"sv, ContentKind::png},
    {"GIF87a"sv, ContentKind::gif},
    {"GIF89a"sv, ContentKind::gif},
    {"BM"sv, ContentKind::bmp},
    {"II*\0"sv, ContentKind::tiff},
    {"MM\0*"sv, ContentKind::tiff},
    {"II+\0"sv, ContentKind::tiff},
    {"MM\0+"sv, ContentKind::tiff},
    {"PK\3\4"sv, ContentKind::zip},
    {"PK\5\6"sv, ContentKind::zip},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, ContentKind::compound},
    {"AC10"sv, ContentKind::dwg},
    {"AC1."sv, ContentKind::dwg},
    {"AC2."sv, ContentKind::dwg},
    {"Rar!\x1a\x07"sv, ContentKind::rar},
    {"7z\xbc\xaf\x27\x1c"sv, ContentKind::seven_zip},
    {"\x1f\x8b\x08"sv, ContentKind::gzip},
    {"{\\rtf"sv, ContentKind::rtf},
    {"MZ"sv, ContentKind::program},
    {"\x7f"
     "ELF"sv,
     ContentKind::program},
    {"\xcf\xfa\xed\xfe"sv, ContentKind::program},
    {"\xca\xfe\xba\xbe"sv, ContentKind::program},
    {"#!"sv, ContentKind::script},
    {"AutoCAD Binary DXF\r\n"sv, ContentKind::plain},
    {"\xff\xfe"sv, ContentKind::plain},  // UTF-16 with its mark
    {"\xfe\xff"sv, ContentKind::plain},
};

bool is_plain(std::string_view first) {
    return std::none_of(first.begin(), first.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' &&
               byte != 0x1b;
    });
}

ContentKind content_of(std::string_view first) {
    // Some signatures are letters that a text may begin with; their files hold zeros soon after.
    const bool plain = !first.empty() && is_plain(first);
    for (const Signature& signature : signatures) {
        const bool of_text =
            signature.content == ContentKind::script || signature.content == ContentKind::rtf;
        if (first.starts_with(signature.bytes) && (of_text || !plain)) return signature.content;
    }
    if (first.size() >= 12 && first.starts_with("RIFF") && first.substr(8, 4) == "WEBP")
        return ContentKind::webp;
    if (first.size() >= 12 && first.substr(4, 4) == "ftyp") {
        const std::string_view brand = first.substr(8, 4);
        const bool still = brand == "heic" || brand == "heix" || brand == "mif1" || brand == "msf1";
        return still ? ContentKind::heif : ContentKind::media;
    }
    // A PDF may have a few bytes before its header; readers look for it in the first 1,024.
    if (first.substr(0, 1'024).find("%PDF-") != first.npos) return ContentKind::pdf;
    return plain ? ContentKind::plain : ContentKind::unknown;
}

struct FileKind {
    std::string_view extension;
    std::string_view media_type;
    ContentKind content;
};

constexpr FileKind file_kinds[] = {
    {"7z", "application/x-7z-compressed", ContentKind::seven_zip},
    {"bmp", "image/bmp", ContentKind::bmp},
    {"csv", "text/csv", ContentKind::plain},
    {"doc", "application/msword", ContentKind::compound},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     ContentKind::zip},
    {"dwg", "image/vnd.dwg", ContentKind::dwg},
    {"dxf", "image/vnd.dxf", ContentKind::plain},
    {"gif", "image/gif", ContentKind::gif},
    {"heic", "image/heic", ContentKind::heif},
    {"jpg", "image/jpeg", ContentKind::jpeg},
    {"json", "application/json", ContentKind::plain},
    {"mp4", "video/mp4", ContentKind::media},
    {"odt", "application/vnd.oasis.opendocument.text", ContentKind::zip},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet", ContentKind::zip},
    {"ofd", "application/ofd", ContentKind::zip},
    {"pdf", "application/pdf", ContentKind::pdf},
    {"png", "image/png", ContentKind::png},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
     ContentKind::zip},
    {"ppt", "application/vnd.ms-powerpoint", ContentKind::compound},
    {"rar", "application/vnd.rar", ContentKind::rar},
    {"rtf", "application/rtf", ContentKind::rtf},
    {"tif", "image/tiff", ContentKind::tiff},
    {"txt", "text/plain", ContentKind::plain},
    {"webp", "image/webp", ContentKind::webp},
    {"wps", "application/vnd.ms-works", ContentKind::compound},
    {"xls", "application/vnd.ms-excel", ContentKind::compound},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ContentKind::zip},
    {"xml", "application/xml", ContentKind::plain},
    {"zip", "application/zip", ContentKind::zip},
};

const FileKind* file_kind_of(std::string_view extension) {
    const auto found =
        std::find_if(std::begin(file_kinds), std::end(file_kinds),
                     [&](const FileKind& kind) { return kind.extension == extension; });
    return found == std::end(file_kinds) ? nullptr : found;
}

/// A content as a person calls it.
Text name_of_kind(ContentKind content) {
    switch (content) {
        case ContentKind::pdf:
            return {"a PDF file", "PDF 文件"};
        case ContentKind::jpeg:
            return {"a JPEG picture", "JPEG 图片"};
        case ContentKind::png:
            return {"a PNG picture", "PNG 图片"};
        case ContentKind::gif:
            return {"a GIF picture", "GIF 图片"};
        case ContentKind::bmp:
            return {"a BMP picture", "BMP 图片"};
        case ContentKind::tiff:
            return {"a TIFF picture", "TIFF 图片"};
        case ContentKind::webp:
            return {"a WebP picture", "WebP 图片"};
        case ContentKind::heif:
            return {"a HEIF picture", "HEIF 图片"};
        case ContentKind::zip:
            return {"a ZIP archive or a document of an office program", "ZIP 压缩包或办公文档"};
        case ContentKind::compound:
            return {"a document of an older office program", "旧版办公文档"};
        case ContentKind::dwg:
            return {"a DWG drawing", "DWG 图纸"};
        case ContentKind::rar:
            return {"a RAR archive", "RAR 压缩包"};
        case ContentKind::seven_zip:
            return {"a 7-Zip archive", "7-Zip 压缩包"};
        case ContentKind::gzip:
            return {"a gzip archive", "gzip 压缩包"};
        case ContentKind::media:
            return {"a film or sound recording", "音视频文件"};
        case ContentKind::rtf:
            return {"an RTF document", "RTF 文档"};
        case ContentKind::program:
            return {"a program", "可执行程序"};
        case ContentKind::script:
            return {"a script", "脚本程序"};
        case ContentKind::plain:
            return {"plain text", "纯文本"};
        case ContentKind::unknown:
            break;
    }
    return {"of an unknown kind", "无法识别的格式"};
}

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string extension_from(std::string_view written) {
    if (written.starts_with('.')) written.remove_prefix(1);
    std::string extension(written);
    std::transform(extension.begin(), extension.end(), extension.begin(), lower_ascii);
    if (extension == "jpeg") return "jpg";
    if (extension == "tiff") return "tif";
    if (extension == "htm") return "html";
    return extension;
}

std::string extension_of(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    if (dot == name.npos || dot + 1 == name.size()) return {};
    return extension_from(name.substr(dot + 1));
}

bool fits_extension(std::string_view extension, std::string_view first) {
    const ContentKind found = content_of(first);
    if (const FileKind* kind = file_kind_of(extension)) return kind->content == found;
    return found != ContentKind::program && found != ContentKind::script;
}

Text kind_of_content(std::string_view first) { return name_of_kind(content_of(first)); }

std::string_view media_type_of(std::string_view extension) {
    const FileKind* kind = file_kind_of(extension);
    return kind == nullptr ? "application/octet-stream" : kind->media_type;
}

bool is_known_extension(std::string_view extension) { return file_kind_of(extension) != nullptr; }

std::vector<std::string_view> known_extensions() {
    std::vector<std::string_view> all;
    for (const FileKind& kind : file_kinds) all.push_back(kind.extension);
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace countersign::model
