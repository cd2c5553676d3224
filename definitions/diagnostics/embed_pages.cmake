# Writes OUTPUT, a source that holds the pages PAGES/CSnnnn.md as raw strings.
file(GLOB pages ${PAGES}/CS*.md)
list(SORT pages)
set(text "// Generated from definitions/codes; do not edit.\n#include \"definitions/diagnostics/page_texts.hpp\"\n\n")
string(APPEND text "namespace countersign::diagnostics {\n\nconst PageText page_texts[] = {\n")
foreach(page IN LISTS pages)
    get_filename_component(code ${page} NAME_WE)
    # Read as hexadecimal: a list's semicolons and brackets would not survive otherwise.
    file(READ ${page} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
    string(APPEND text "    {\"${code}\", \"${bytes}\"},\n")
endforeach()
string(APPEND text "    {nullptr, nullptr},\n};\n\n}  // namespace countersign::diagnostics\n")
file(WRITE ${OUTPUT} "${text}")
