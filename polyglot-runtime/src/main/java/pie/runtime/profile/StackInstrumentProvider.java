package pie.runtime.profile;

import com.oracle.truffle.api.instrumentation.TruffleInstrument;
import com.oracle.truffle.api.instrumentation.provider.TruffleInstrumentProvider;
import java.util.Collection;
import java.util.Set;

/** Make {@link StackInstrument} known to polyglot engines, as Truffle's annotation processor would. */
@TruffleInstrument.Registration(
        id = StackInstrument.ID,
        name = "Stacks of guests",
        version = "1",
        services = Safepoints.class)
public final class StackInstrumentProvider extends TruffleInstrumentProvider {
    @Override
    protected String getInstrumentClassName() {
        return StackInstrument.class.getName();
    }

    @Override
    protected Object create() {
        return new StackInstrument();
    }

    @Override
    protected Collection<String> getServicesClassNames() {
        return Set.of(Safepoints.class.getName());
    }
}
