package pie.inferlet;

import java.util.concurrent.atomic.AtomicBoolean;
import pie.engine.ContextHandle;

/** Keep a context's bid at 0 while open. */
public final class IdleScope implements AutoCloseable {
    private final ContextHandle handle;
    private final AtomicBoolean open = new AtomicBoolean(true);

    IdleScope(ContextHandle handle) {
        this.handle = handle;
        handle.idle(true);
    }

    /** End the scope; no effect when repeated. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            handle.idle(false);
        }
    }
}
