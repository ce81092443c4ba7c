package pie.runtime.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Host;
import pie.runtime.GuestPolicy.FileQuota;

/** Keep a root in a folder of the machine, within its quota. Links are neither made nor followed. Safe for use from several threads. */
final class DiskRoot implements Root {
    private static final int LONGEST_NAME = 255;

    private final Path folder;
    private final Quota quota;
    private final Map<Path, OpenFile> open = new HashMap<>();
    private boolean closed;

    /** A file that somebody has open, whatever it is called by now. */
    private static final class OpenFile {
        private int handles;
        private boolean unnamed;
    }

    /** @param folder is made if it is missing; what it holds counts */
    DiskRoot(Path folder, FileQuota most) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        long[] found = new long[2];
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found[0] += attributes.size();
                found[1]++;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult preVisitDirectory(Path sub, BasicFileAttributes attributes) {
                found[1] += sub.equals(folder) ? 0 : 1;
                return FileVisitResult.CONTINUE;
            }
        });
        quota = new Quota(most, found[0], (int) found[1]);
    }

    Host.FileUsage usage() {
        return quota.usage();
    }

    private Path real(List<String> names, String shown) throws IOException {
        if (closed) {
            throw new FileSystemException(shown, null, "the process has ended");
        }
        Path path = folder;
        for (String name : names) {
            if (name.indexOf(0) >= 0 || name.length() > LONGEST_NAME) {
                throw new FileSystemException(shown, null, "File name too long");
            }
            path = path.resolve(name);
            if (Files.isSymbolicLink(path)) {
                throw new AccessDeniedException(shown);
            }
        }
        return path;
    }

    @Override
    public synchronized SeekableByteChannel open(List<String> names, String shown, Set<? extends OpenOption> options)
            throws IOException {
        Path path = real(names, shown);
        Set<StandardOpenOption> how = EnumSet.noneOf(StandardOpenOption.class);
        for (OpenOption option : options) {
            if (option instanceof StandardOpenOption standard) {
                how.add(standard);
            }
        }
        boolean writes = how.contains(StandardOpenOption.WRITE) || how.contains(StandardOpenOption.APPEND);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(shown, null, "Is a directory");
        }
        boolean exists = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        if (exists && writes && how.contains(StandardOpenOption.CREATE_NEW)) {
            throw new FileAlreadyExistsException(shown);
        }
        boolean makes =
                writes && (how.contains(StandardOpenOption.CREATE) || how.contains(StandardOpenOption.CREATE_NEW));
        if (!exists && !makes) {
            throw new NoSuchFileException(shown);
        }
        long before = exists ? Files.size(path) : 0;
        if (!exists) {
            parentOf(path, shown);
            quota.take(shown, 0, 1);
        }
        boolean appends = how.remove(StandardOpenOption.APPEND);
        boolean deletes = how.remove(StandardOpenOption.DELETE_ON_CLOSE);
        how.removeAll(EnumSet.of(StandardOpenOption.SPARSE, StandardOpenOption.CREATE_NEW));
        if (makes) {
            how.add(StandardOpenOption.CREATE);
        }
        if (writes) {
            how.add(StandardOpenOption.WRITE);
        }
        how.add(StandardOpenOption.READ);
        FileChannel channel;
        try {
            channel = FileChannel.open(path, writes ? how : Set.of(StandardOpenOption.READ));
        } catch (IOException e) {
            quota.give(0, exists ? 0 : 1);
            throw shown(e, shown);
        }
        if (writes && how.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
            quota.give(before, 0);
        }
        OpenFile file = open.computeIfAbsent(path, p -> new OpenFile());
        file.handles++;
        return new CountedChannel(
                channel, this, quota, shown, appends, () -> left(path, file, channel, deletes, names, shown));
    }

    private void left(Path path, OpenFile file, FileChannel channel, boolean deletes, List<String> names, String shown)
            throws IOException {
        synchronized (this) {
            file.handles--;
            if (file.handles == 0) {
                open.remove(path, file);
                if (file.unnamed) {
                    quota.give(channel.size(), 0);
                }
            }
        }
        if (deletes && !file.unnamed) {
            delete(names, shown);
        }
    }

    private static void parentOf(Path path, String shown) throws IOException {
        Path parent = path.getParent();
        if (parent == null || !Files.exists(parent, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(shown);
        }
        if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotDirectoryException(shown);
        }
    }

    @Override
    public synchronized Host.FileStatus status(List<String> names, String shown) throws IOException {
        Path path = real(names, shown);
        try {
            var a = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Host.FileStatus(
                    a.isDirectory(),
                    a.isDirectory() ? 0 : a.size(),
                    a.lastModifiedTime().toMillis());
        } catch (IOException e) {
            throw shown(e, shown);
        }
    }

    @Override
    public synchronized List<String> list(List<String> names, String shown) throws IOException {
        Path path = real(names, shown);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(shown);
        }
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotDirectoryException(shown);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public synchronized void createDirectory(List<String> names, String shown) throws IOException {
        Path path = real(names, shown);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(shown);
        }
        parentOf(path, shown);
        quota.take(shown, 0, 1);
        try {
            Files.createDirectory(path);
        } catch (IOException e) {
            quota.give(0, 1);
            throw shown(e, shown);
        }
    }

    @Override
    public synchronized void delete(List<String> names, String shown) throws IOException {
        Path path = real(names, shown);
        if (names.isEmpty()) {
            throw new AccessDeniedException(shown);
        }
        Host.FileStatus was = status(names, shown);
        try {
            Files.delete(path);
        } catch (DirectoryNotEmptyException e) {
            throw new DirectoryNotEmptyException(shown);
        } catch (IOException e) {
            throw shown(e, shown);
        }
        gone(path, was);
    }

    /** Give back what had a name; the bytes of a file that is open stay until it is closed. */
    private void gone(Path path, Host.FileStatus was) {
        @Nullable OpenFile file = open.remove(path);
        if (file != null) {
            file.unnamed = true;
        }
        quota.give(file == null ? was.size() : 0, 1);
    }

    @Override
    public synchronized void move(List<String> from, List<String> to, String shown, boolean replace)
            throws IOException {
        Path source = real(from, shown);
        Path target = real(to, shown);
        if (from.isEmpty() || to.isEmpty()) {
            throw new AccessDeniedException(shown);
        }
        Host.FileStatus was = status(from, shown);
        if (source.equals(target)) {
            return;
        }
        boolean exists = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        if (exists && !replace) {
            throw new FileAlreadyExistsException(shown);
        }
        parentOf(target, shown);
        if (exists) {
            boolean folder = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
            if (folder != was.directory()) {
                throw new FileSystemException(shown, null, folder ? "Is a directory" : "Not a directory");
            }
            delete(to, shown);
        }
        try {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw shown(e, shown);
        }
        OpenFile file = open.remove(source);
        if (file != null) {
            open.put(target, file);
        }
    }

    /** Name the program's path in a failure, not the machine's. */
    private static IOException shown(IOException e, String shown) {
        return switch (e) {
            case NoSuchFileException gone -> new NoSuchFileException(shown);
            case AccessDeniedException denied -> new AccessDeniedException(shown);
            case FileAlreadyExistsException there -> new FileAlreadyExistsException(shown);
            case FileSystemException other -> new FileSystemException(shown, null, other.getReason());
            default -> e;
        };
    }

    /** Delete everything. */
    synchronized void destroy() throws IOException {
        closed = true;
        Trees.delete(folder);
    }
}
