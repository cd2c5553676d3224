# Writes the page of keys into a source, so that neither the loader nor `countersign schema` needs
# a file.
include(${CMAKE_CURRENT_LIST_DIR}/../read_escaped.cmake)
read_escaped(${PAGE} text)
file(WRITE ${OUTPUT}
     "#include \"definitions/yaml/sections.hpp\"\n\n"
     "namespace countersign::yaml {\n"
     "const std::string_view keys_page(\"${text}\");\n"
     "}  // namespace countersign::yaml\n")
