#pragma once
// A file system for tests that runs out of space when it is told to.

#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>

namespace countersign::store::tests {

/// A disk that is full from a moment on.
class FullDisk : public rocksdb::FileSystemWrapper {
  public:
    FullDisk() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}
    const char* Name() const override { return "full disk"; }

    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override {
        std::unique_ptr<rocksdb::FSWritableFile> inner;
        auto status = target()->NewWritableFile(name, options, &inner, debug);
        if (status.ok()) *file = std::make_unique<File>(std::move(inner), full);
        return status;
    }

    std::atomic<bool> full = false;

  private:
    class File : public rocksdb::FSWritableFileOwnerWrapper {
      public:
        File(std::unique_ptr<rocksdb::FSWritableFile> inner, std::atomic<bool>& full)
            : FSWritableFileOwnerWrapper(std::move(inner)), full_(full) {}
        using FSWritableFileOwnerWrapper::Append;
        rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override {
            if (full_) return rocksdb::IOStatus::NoSpace("no space left on device");
            return FSWritableFileOwnerWrapper::Append(bytes, options, debug);
        }
        rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                                 const rocksdb::DataVerificationInfo& info,
                                 rocksdb::IODebugContext* debug) override {
            if (full_) return rocksdb::IOStatus::NoSpace("no space left on device");
            return FSWritableFileOwnerWrapper::Append(bytes, options, info, debug);
        }

      private:
        std::atomic<bool>& full_;
    };
};

}  // namespace countersign::store::tests
