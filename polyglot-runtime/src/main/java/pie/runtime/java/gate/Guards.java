package pie.runtime.java.gate;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Run before library methods of the given name and parameters, overriding ones included, with receiver and arguments. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Guards {
    Class<?> value();

    /** Return the names. */
    String[] names();

    /** Say whether the library methods are static. */
    boolean statically() default false;
}
