# The cost of checking a definition; included by tests/bench/CMakeLists.txt.
add_executable(bench_check ${CMAKE_CURRENT_LIST_DIR}/check_bench.cpp)
target_link_libraries(bench_check PRIVATE definitions benchmark::benchmark)
target_include_directories(bench_check PRIVATE ${PROJECT_SOURCE_DIR})
