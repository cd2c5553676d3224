# The cost of values and rules; included by tests/bench/CMakeLists.txt.
add_executable(bench_expr ${CMAKE_CURRENT_LIST_DIR}/expr_bench.cpp)
target_link_libraries(bench_expr PRIVATE definitions_cel benchmark::benchmark_main)
