package pie.runtime.files;

import java.nio.file.FileSystemException;
import pie.inferlet.Host;
import pie.runtime.GuestPolicy.FileQuota;

/** Count the bytes and entries of a root. */
final class Quota {
    private final FileQuota most;
    private long bytes;
    private int entries;

    Quota(FileQuota most, long bytes, int entries) {
        this.most = most;
        this.bytes = bytes;
        this.entries = entries;
    }

    /** Take room. @throws FileSystemException ENOSPC, with nothing taken */
    synchronized void take(String path, long moreBytes, int moreEntries) throws FileSystemException {
        if (moreBytes > 0 && bytes + moreBytes > most.bytes()
                || moreEntries > 0 && entries + moreEntries > most.files()) {
            throw new FileSystemException(path, null, "No space left on device");
        }
        bytes += moreBytes;
        entries += moreEntries;
    }

    synchronized void give(long fewerBytes, int fewerEntries) {
        bytes -= fewerBytes;
        entries -= fewerEntries;
    }

    synchronized Host.FileUsage usage() {
        return new Host.FileUsage(bytes, most.bytes(), entries, most.files());
    }
}
