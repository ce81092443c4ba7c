package pie.engine.snapshot;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reach the files of the archive by paths relative to its root, parts separated by {@code /}. Content is durable after
 * {@link Output#sync}, a name after {@link #sync(String)} of its directory. Safe for several threads.
 */
public interface Disk {
    /** Return the names in a directory, none if it does not exist. */
    List<String> list(String directory) throws IOException;

    /** Return the content. @throws java.nio.file.NoSuchFileException if there is none */
    byte[] read(String path) throws IOException;

    long size(String path) throws IOException;

    /** Return the time of the last change, in milliseconds of the epoch. */
    long modified(String path) throws IOException;

    /** Make a file for its owner's eyes only, or empty it. */
    Output create(String path) throws IOException;

    /** Put a file in the place of another, or of none, in one step. */
    void rename(String from, String to) throws IOException;

    /** Remove a file; no effect if there is none. */
    void delete(String path) throws IOException;

    /** Make a directory whose parent exists; no effect if it is there. */
    void makeDirectory(String path) throws IOException;

    /** Make the names in a directory durable. */
    void sync(String directory) throws IOException;

    /** Receive the content of one file. */
    interface Output extends Closeable {
        /** Write some bytes of the buffer, at least one; may write fewer than there are. */
        int write(ByteBuffer bytes) throws IOException;

        void sync() throws IOException;
    }
}
