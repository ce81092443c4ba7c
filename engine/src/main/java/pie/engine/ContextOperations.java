package pie.engine;

import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.kv.Visibility;

/** Make the operations of a context that need no rows. */
final class ContextOperations {
    private ContextOperations() {}

    private interface Change {
        void apply(KvStore store, KvContext kv);
    }

    private static final class Simple extends Operation<Void> {
        private final EngineContext context;
        private final int from;
        private final int applied;
        private final Change change;

        Simple(EngineContext context, int from, int applied, Change change) {
            this.context = context;
            this.from = from;
            this.applied = applied;
            this.change = change;
        }

        @Override
        @SuppressWarnings("NullAway") // the value of a Void future
        void start() {
            context.settleGeneration();
            KvContext kv = context.kv();
            change.apply(context.loop.store, kv);
            context.charges.pending(kv.length() - kv.written());
            context.publish(from, applied);
            context.line.answer(this, null);
        }
    }

    static Operation<Void> append(EngineContext context, int[] ids) {
        return new Simple(context, Integer.MAX_VALUE, ids.length, (store, kv) -> kv.append(ids, null));
    }

    static Operation<Void> truncate(EngineContext context, int n) {
        return new Simple(context, Integer.MAX_VALUE, 0, (store, kv) -> {
            int most = kv.length() - least(store, kv);
            if (n < 0 || n > most) {
                throw PieException.invalid("truncate got " + n + ": it must be from 0 to the " + most
                        + " tokens that are pending or in working pages and not dropped");
            }
            store.truncate(kv, kv.length() - n, true);
        });
    }

    static Operation<Void> suspend(EngineContext context) {
        return new Simple(context, Integer.MAX_VALUE, 0, (store, kv) -> {
            context.loop.market.suspended(context);
            context.suspended(true);
            store.evict(kv);
        });
    }

    static Operation<Void> reserve(EngineContext context, int n) {
        return new Simple(context, Integer.MAX_VALUE, 0, (store, kv) -> {
            if (n < 0) {
                throw PieException.invalid("reserve_working_pages got " + n + ": it must be 0 or more");
            }
            int total = store.pool().total();
            if (n > total - kv.pages()) {
                throw new PieException(
                        ErrorCode.OUT_OF_PAGES,
                        "the context has " + kv.pages() + " pages and asks for " + n + " more: the device has "
                                + total);
            }
            context.checkPages(kv.pages() + n - store.droppedPages(kv));
            context.suspended(false);
            store.reserve(kv, n);
        });
    }

    static Operation<Void> commit(EngineContext context, int k) {
        return new Simple(context, Integer.MAX_VALUE, 0, (store, kv) -> {
            int full = kv.written() / store.pageSize() - kv.committedPages();
            if (k < 0 || k > full) {
                throw PieException.invalid(
                        "commit_working_pages got " + k + ": it must be from 0 to the " + full + " full working pages");
            }
            store.commitPages(kv, k);
        });
    }

    static Operation<Void> release(EngineContext context, int n) {
        return new Simple(context, 0, 0, (store, kv) -> {
            if (n < 0 || n > kv.workingPages()) {
                throw PieException.invalid("release_working_pages got " + n + ": it must be from 0 to the "
                        + kv.workingPages() + " working pages");
            }
            int pages = kv.pages() - n;
            int written = Math.min(kv.written(), pages * store.pageSize());
            if (written < kv.hiddenEnd()) {
                throw PieException.invalid("release_working_pages got " + n + ": that would cut off dropped tokens");
            }
            store.cutWritten(kv, written, pages);
        });
    }

    static Operation<Void> truncateWorking(EngineContext context, int n) {
        return new Simple(context, 0, 0, (store, kv) -> {
            int most = kv.written() - least(store, kv);
            if (n < 0 || n > most) {
                throw PieException.invalid("truncate_working_page_tokens got " + n + ": it must be from 0 to the "
                        + most + " working tokens");
            }
            store.cutWritten(kv, kv.written() - n, kv.pages());
        });
    }

    /** Return the tokens that cannot be cut off. */
    private static int least(KvStore store, KvContext kv) {
        return Math.max(kv.committedPages() * store.pageSize(), kv.hiddenEnd());
    }

    static Operation<Void> dropPrefix(EngineContext context, int n, int sink) {
        return new Simple(context, Integer.MAX_VALUE, 0, (store, kv) -> {
            if (n < 0 || n > kv.written() || sink < 0 || sink > n) {
                throw PieException.invalid("drop_prefix got n " + n + " and sink " + sink + ": n must be from 0 to the "
                        + kv.written() + " written tokens, sink from 0 to n");
            }
            checkMasks(context, kv.visibility(kv.written()).hide(0, sink, n));
            store.dropPrefix(kv, n, sink);
        });
    }

    static Operation<Void> window(EngineContext context, int w, int sink) {
        return new Simple(context, Integer.MAX_VALUE, 0, (store, kv) -> {
            if (w < 0 || sink < 0) {
                throw PieException.invalid("set_window got w " + w + " and sink " + sink + ": both must be 0 or more");
            }
            checkMasks(context, kv.visibility(kv.written()).window(kv.written(), w, sink));
            store.window(kv, w, sink);
        });
    }

    private static void checkMasks(EngineContext context, Visibility next) {
        if (!next.simple() && !context.loop.limits.attentionMasks()) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "several dropped ranges need attentionMasks, which the driver does not have");
        }
    }

    static Operation<Void> publish(EngineContext context) {
        return new Simple(context, Integer.MAX_VALUE, 0, KvStore::publish);
    }
}
