package pie.runtime.java;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Host;

/** Let one thread of a program run at a time, as its code knows of no other: a thread hands over where it waits for the host. */
final class Baton {
    private final ReentrantLock turn = new ReentrantLock(true);

    /** Run code of the program when it is its turn. */
    void run(Runnable code) {
        turn.lock();
        try {
            code.run();
        } finally {
            turn.unlock();
        }
    }

    /** Return a host whose waits let others have their turn. */
    Host over(Host host) {
        return (Host) Proxy.newProxyInstance(
                Host.class.getClassLoader(), new Class<?>[] {Host.class}, (self, method, arguments) -> {
                    boolean waits = method.getName().equals("await") && turn.isHeldByCurrentThread();
                    if (waits) {
                        turn.unlock();
                    }
                    try {
                        return called(host, method, arguments);
                    } finally {
                        if (waits) {
                            turn.lock();
                        }
                    }
                });
    }

    private static @Nullable Object called(Host host, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(host, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
