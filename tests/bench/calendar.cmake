# The cost of due times; included by tests/bench/CMakeLists.txt where Google Benchmark was found.
add_executable(bench_calendar ${CMAKE_CURRENT_LIST_DIR}/calendar_bench.cpp)
target_link_libraries(bench_calendar PRIVATE engine_calendar benchmark::benchmark)
