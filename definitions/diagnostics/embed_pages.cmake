# Writes OUTPUT, a source that holds the pages PAGES/CSnnnn.md and PAGES/zh/CSnnnn.md as strings.
file(GLOB pages ${PAGES}/CS*.md)
list(SORT pages)

# Sets `variable` to the bytes of a file as they stand in a string literal of C++. Read as
# hexadecimal: a list's semicolons and brackets would not survive otherwise.
function(read_escaped file variable)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
    set(${variable} "${bytes}" PARENT_SCOPE)
endfunction()

set(text "// Generated from definitions/codes; do not edit.\n")
string(APPEND text "#include \"definitions/diagnostics/page_texts.hpp\"\n\n")
string(APPEND text "namespace countersign::diagnostics {\n\nconst PageText page_texts[] = {\n")
foreach(page IN LISTS pages)
    get_filename_component(code ${page} NAME_WE)
    if(NOT EXISTS ${PAGES}/zh/${code}.md)
        message(FATAL_ERROR "${code} has no Chinese page: write definitions/codes/zh/${code}.md")
    endif()
    read_escaped(${page} english)
    read_escaped(${PAGES}/zh/${code}.md chinese)
    string(APPEND text "    {\"${code}\", \"${english}\", \"${chinese}\"},\n")
endforeach()
string(APPEND text "    {nullptr, nullptr, nullptr},\n};\n\n")
string(APPEND text "}  // namespace countersign::diagnostics\n")
file(WRITE ${OUTPUT} "${text}")
