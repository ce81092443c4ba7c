package pie.runtime.java.gate;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Run before constructors of these classes, with their arguments; what it returns is passed on as one more argument. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface GuardsNew {
    Class<?>[] value();
}
