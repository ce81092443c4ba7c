package pie.runtime.profile;

import com.oracle.truffle.api.ThreadLocalAction;
import com.oracle.truffle.api.TruffleContext;
import com.oracle.truffle.api.instrumentation.ThreadsListener;
import com.oracle.truffle.api.instrumentation.TruffleInstrument;
import com.oracle.truffle.api.nodes.Node;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Have threads of guests do something at their next safepoint. */
public final class StackInstrument extends TruffleInstrument implements Safepoints {
    static final String ID = "pie-stacks";

    private static final long PATIENCE_MILLIS = 20;

    private final Map<Thread, TruffleContext> contexts = new ConcurrentHashMap<>();
    private volatile @Nullable Env env;

    @Override
    protected void onCreate(Env created) {
        env = created;
        created.registerService(this);
        created.getInstrumenter()
                .attachThreadsListener(
                        new ThreadsListener() {
                            @Override
                            public void onThreadInitialized(TruffleContext context, Thread thread) {
                                contexts.put(thread, context);
                            }

                            @Override
                            public void onThreadDisposed(TruffleContext context, Thread thread) {
                                contexts.remove(thread, context);
                            }
                        },
                        true);
    }

    @Override
    public boolean at(Thread thread, Consumer<@Nullable Node> action) throws InterruptedException {
        TruffleContext context = contexts.get(thread);
        Env host = env;
        if (context == null || host == null || context.isClosed()) {
            return false;
        }
        Future<Void> done;
        try {
            done = host.submitThreadLocal(context, new Thread[] {thread}, new ThreadLocalAction(false, false) {
                @Override
                protected void perform(Access access) {
                    action.accept(access.getLocation());
                }
            });
        } catch (IllegalStateException closed) {
            return false;
        }
        try {
            done.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            done.cancel(false);
            return false;
        }
    }
}
