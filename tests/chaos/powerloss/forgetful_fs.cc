// forgetful_fs BACKING MOUNTPOINT: shows the files of BACKING, and keeps what is written to them in
// its own memory until somebody syncs the file. Killing it is a power cut: what was synced is in
// BACKING, the rest is gone. A killed Postgres alone loses nothing: the kernel has its pages.
//
// Names, lengths that shrink and modes are kept at once: a disk may do that, and the test is about
// the data that a sync promises. One thread, so nothing is locked.

#define FUSE_USE_VERSION 31
#include <dirent.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

namespace {

constexpr off_t kPage = 4096;

// A file that is open, or has something that is not on the disk.
struct File {
  int handles = 0;
  off_t size = 0;
  std::map<off_t, std::array<char, kPage>> unsynced;  // by offset of the page
  bool dirty = false;
};

struct Handle {
  int fd;
  ino_t inode;
};

std::string backing;
std::map<ino_t, File> files;

std::string Real(const char* path) { return backing + path; }
int Result(long result) { return result < 0 ? -errno : static_cast<int>(result); }
Handle& HandleOf(const fuse_file_info* info) { return *reinterpret_cast<Handle*>(info->fh); }

// The last name of an inode is gone: its number may be that of another file soon.
void ForgetUnnamed(ino_t inode) {
  const auto found = files.find(inode);
  if (found != files.end() && found->second.handles == 0) files.erase(found);
}

// Runs what takes the name `path` from a file.
template <typename Act>
int TakingName(const std::string& path, Act act) {
  struct stat before = {};
  const bool last = lstat(path.c_str(), &before) == 0 && before.st_nlink == 1;
  const int result = Result(act());
  if (result == 0 && last) ForgetUnnamed(before.st_ino);
  return result;
}

int Getattr(const char* path, struct stat* out, fuse_file_info* info) {
  const int result = info ? fstat(HandleOf(info).fd, out) : lstat(Real(path).c_str(), out);
  if (result < 0) return -errno;
  if (const auto found = files.find(out->st_ino); found != files.end()) {
    out->st_size = found->second.size;
  }
  return 0;
}

int OpenWith(const char* path, int flags, mode_t mode, fuse_file_info* info) {
  // The kernel reads pages to fill them, and has done O_APPEND's work before it writes.
  flags = (flags & ~(O_ACCMODE | O_APPEND | O_DIRECT)) | O_RDWR;
  const int fd = open(Real(path).c_str(), flags | O_CLOEXEC, mode);
  if (fd < 0) return -errno;
  if (flags & O_CREAT) {
    const fuse_context* caller = fuse_get_context();
    if (fchown(fd, caller->uid, caller->gid) < 0) std::perror("fchown");
  }
  struct stat now = {};
  fstat(fd, &now);
  File& file = files[now.st_ino];
  if (file.handles++ == 0 && !file.dirty) file.size = now.st_size;
  if (flags & O_TRUNC) file = {.handles = file.handles, .size = 0, .unsynced = {}, .dirty = false};
  info->fh = reinterpret_cast<uint64_t>(new Handle{fd, now.st_ino});
  info->direct_io = 1;  // the kernel's cache would remember what this forgets
  return 0;
}

int Open(const char* path, fuse_file_info* info) { return OpenWith(path, info->flags, 0, info); }
int Create(const char* path, mode_t mode, fuse_file_info* info) {
  return OpenWith(path, info->flags | O_CREAT, mode, info);
}

int Release(const char*, fuse_file_info* info) {
  const Handle handle = HandleOf(info);
  delete &HandleOf(info);
  struct stat now = {};
  fstat(handle.fd, &now);
  File& file = files[handle.inode];
  // Closing is no sync: what is not on the disk stays in memory, unless nobody can ask for it
  // again.
  if (--file.handles == 0 && (!file.dirty || now.st_nlink == 0)) files.erase(handle.inode);
  close(handle.fd);
  return 0;
}

// What the disk has of a page.
int ReadPage(int fd, off_t at, std::array<char, kPage>& page) {
  page.fill(0);
  return Result(pread(fd, page.data(), kPage, at));
}

int Read(const char*, char* out, size_t length, off_t at, fuse_file_info* info) {
  const Handle& handle = HandleOf(info);
  const File& file = files[handle.inode];
  if (at >= file.size) return 0;
  length = std::min<off_t>(length, file.size - at);
  std::memset(out, 0, length);
  if (pread(handle.fd, out, length, at) < 0) return -errno;
  const off_t end = at + static_cast<off_t>(length);
  auto page = file.unsynced.lower_bound(at / kPage * kPage);
  for (; page != file.unsynced.end() && page->first < end; ++page) {
    const off_t from = std::max(at, page->first), to = std::min(end, page->first + kPage);
    std::memcpy(out + (from - at), page->second.data() + (from - page->first), to - from);
  }
  return static_cast<int>(length);
}

int Write(const char*, const char* in, size_t length, off_t at, fuse_file_info* info) {
  const Handle& handle = HandleOf(info);
  File& file = files[handle.inode];
  const off_t end = at + static_cast<off_t>(length);
  for (off_t from = at; from < end;) {
    const off_t start = from / kPage * kPage, to = std::min(end, start + kPage);
    const auto [page, fresh] = file.unsynced.try_emplace(start);
    if (fresh) {
      if (const int result = ReadPage(handle.fd, start, page->second); result < 0) return result;
    }
    std::memcpy(page->second.data() + (from - start), in + (from - at), to - from);
    from = to;
  }
  file.size = std::max(file.size, end);
  file.dirty = true;
  return static_cast<int>(length);
}

int Fsync(const char*, int, fuse_file_info* info) {
  const Handle& handle = HandleOf(info);
  File& file = files[handle.inode];
  for (const auto& [start, page] : file.unsynced) {
    const off_t length = std::min(kPage, file.size - start);
    if (length > 0 && pwrite(handle.fd, page.data(), length, start) != length) return -EIO;
  }
  if (file.dirty && ftruncate(handle.fd, file.size) < 0) return -errno;
  file.unsynced.clear();
  file.dirty = false;
  return 0;
}

int Truncate(const char* path, off_t size, fuse_file_info* info) {
  const int fd = info ? dup(HandleOf(info).fd) : open(Real(path).c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return -errno;
  struct stat now = {};
  fstat(fd, &now);
  const int result = now.st_size > size ? Result(ftruncate(fd, size)) : 0;
  close(fd);
  if (result < 0) return result;
  const auto [found, fresh] = files.try_emplace(now.st_ino);
  File& file = found->second;
  if (fresh) file.size = now.st_size;
  if (size < file.size) {
    file.unsynced.erase(file.unsynced.lower_bound((size + kPage - 1) / kPage * kPage),
                        file.unsynced.end());
    const auto cut = file.unsynced.find(size / kPage * kPage);
    if (cut != file.unsynced.end()) {
      std::fill(cut->second.begin() + size % kPage, cut->second.end(), 0);
    }
  }
  file.size = size;
  file.dirty = true;
  return 0;
}

int Opendir(const char* path, fuse_file_info* info) {
  info->fh = reinterpret_cast<uint64_t>(opendir(Real(path).c_str()));
  return info->fh == 0 ? -errno : 0;
}

int Readdir(const char*, void* out, fuse_fill_dir_t fill, off_t, fuse_file_info* info,
            fuse_readdir_flags) {
  DIR* directory = reinterpret_cast<DIR*>(info->fh);
  rewinddir(directory);
  while (const dirent* entry = readdir(directory)) {
    fill(out, entry->d_name, nullptr, 0, static_cast<fuse_fill_dir_flags>(0));
  }
  return 0;
}

int Releasedir(const char*, fuse_file_info* info) {
  return Result(closedir(reinterpret_cast<DIR*>(info->fh)));
}

int Mkdir(const char* path, mode_t mode) {
  const fuse_context* caller = fuse_get_context();
  if (mkdir(Real(path).c_str(), mode) < 0) return -errno;
  return Result(lchown(Real(path).c_str(), caller->uid, caller->gid));
}

int Unlink(const char* path) {
  return TakingName(Real(path), [&] { return unlink(Real(path).c_str()); });
}
int Rmdir(const char* path) { return Result(rmdir(Real(path).c_str())); }

int Rename(const char* from, const char* to, unsigned flags) {
  if (flags != 0) return -EINVAL;
  return TakingName(Real(to), [&] { return rename(Real(from).c_str(), Real(to).c_str()); });
}

int Link(const char* from, const char* to) {
  return Result(link(Real(from).c_str(), Real(to).c_str()));
}

int Chmod(const char* path, mode_t mode, fuse_file_info*) {
  return Result(chmod(Real(path).c_str(), mode));
}

int Chown(const char* path, uid_t user, gid_t group, fuse_file_info*) {
  return Result(lchown(Real(path).c_str(), user, group));
}

void* Init(fuse_conn_info*, fuse_config* config) {
  config->use_ino = 1;
  config->nullpath_ok = 1;
  config->hard_remove = 1;  // a file without a name is reached by its handle
  config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: forgetful_fs BACKING MOUNTPOINT\n"), 2;
  backing = argv[1];
  umask(0);
  fuse_operations operations = {};
  operations.init = Init;
  operations.getattr = Getattr;
  operations.open = Open;
  operations.create = Create;
  operations.release = Release;
  operations.read = Read;
  operations.write = Write;
  operations.fsync = Fsync;
  operations.truncate = Truncate;
  operations.opendir = Opendir;
  operations.readdir = Readdir;
  operations.releasedir = Releasedir;
  operations.mkdir = Mkdir;
  operations.unlink = Unlink;
  operations.rmdir = Rmdir;
  operations.rename = Rename;
  operations.link = Link;
  operations.chmod = Chmod;
  operations.chown = Chown;
  const char* words[] = {argv[0], "-f", "-s", "-o", "allow_other,default_permissions", argv[2]};
  return fuse_main(static_cast<int>(std::size(words)), const_cast<char**>(words), &operations,
                   nullptr);
}
