package pie.runtime.profile;

import com.oracle.truffle.api.nodes.Node;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reach threads of guests at their safepoints. */
interface Safepoints {
    /** Have a thread run something at its next safepoint, given where that is. Return false if it came to none soon. */
    boolean at(Thread thread, Consumer<@Nullable Node> action) throws InterruptedException;
}
