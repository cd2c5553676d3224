# Sets `variable` to the bytes of a file as they stand in a string literal of C++. Read as
# hexadecimal: a list's semicolons and brackets would not survive otherwise.
function(read_escaped file variable)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
    set(${variable} "${bytes}" PARENT_SCOPE)
endfunction()
