package pie.runtime.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/** Write to a file as far as the quota of its root allows. */
final class CountedChannel implements SeekableByteChannel {
    /** What is to be done once, at the end. */
    @FunctionalInterface
    interface Leaving {
        void run() throws IOException;
    }

    private final FileChannel file;
    private final Object lock;
    private final Quota quota;
    private final String shown;
    private final boolean appends;
    private final Leaving leaving;

    /** @param lock held while the size of a file changes */
    CountedChannel(FileChannel file, Object lock, Quota quota, String shown, boolean appends, Leaving leaving) {
        this.file = file;
        this.lock = lock;
        this.quota = quota;
        this.shown = shown;
        this.appends = appends;
        this.leaving = leaving;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return file.read(target);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        synchronized (lock) {
            long size = file.size();
            if (appends) {
                file.position(size);
            }
            long more = Math.max(0, file.position() + source.remaining() - size);
            quota.take(shown, more, 0);
            try {
                return file.write(source);
            } finally {
                quota.give(size + more - Math.max(size, file.size()), 0);
            }
        }
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        file.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        synchronized (lock) {
            long before = file.size();
            file.truncate(size);
            quota.give(before - file.size(), 0);
        }
        return this;
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() throws IOException {
        synchronized (lock) {
            if (file.isOpen()) {
                try {
                    leaving.run();
                } finally {
                    file.close();
                }
            }
        }
    }
}
