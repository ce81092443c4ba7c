package pie.runtime.files;

import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Read bytes in memory as a file that cannot be changed. */
public final class ByteChannel implements SeekableByteChannel {
    private final ByteBuffer content;
    private boolean open = true;

    public ByteChannel(byte[] bytes) {
        content = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    @Override
    public int read(ByteBuffer target) {
        if (!content.hasRemaining()) {
            return -1;
        }
        int n = Math.min(target.remaining(), content.remaining());
        target.put(content.slice(content.position(), n));
        content.position(content.position() + n);
        return n;
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public long position() {
        return content.position();
    }

    @Override
    public SeekableByteChannel position(long position) {
        content.position((int) Math.min(position, content.limit()));
        return this;
    }

    @Override
    public long size() {
        return content.limit();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }
}
