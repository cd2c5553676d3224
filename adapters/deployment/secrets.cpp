// A secret of our own: made once, kept in a file that only its owner reads.
#include "adapters/deployment/deployment.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace countersign::deployment {

namespace {

Error failed(std::string_view what, const std::string& path) {
    return failure(ErrorKind::io,
                   fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

/// Makes the entry of a file in its folder durable.
bool sync_folder(const std::string& path) {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return false;
    const bool synced = ::fsync(folder) == 0;
    ::close(folder);
    return synced;
}

}  // namespace

result<std::string> load_or_make_secret(const std::string& path) {
    if (std::ifstream file(path); file) {
        std::string secret;
        std::getline(file, secret);
        if (secret.empty()) return failure(ErrorKind::corrupt, "the file " + path + " is empty");
        return secret;
    }
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    const std::string secret = http::base64(http::random_bytes(32));
    const std::string line = secret + "\n";
    const std::string temporary = path + ".new";
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return failed("write", temporary);
    const bool written =
        ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        ::fsync(file) == 0;
    ::close(file);
    if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) return failed("write", path);
    if (!sync_folder(folder.empty() ? "." : folder.string()))
        return failed("sync", folder.string());
    return secret;
}

}  // namespace countersign::deployment
