package pie.inferlet;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Make a method, or a parameter's description, known to the model; see {@link Tools#of}. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
public @interface Tool {
    /** Say what it does, or what the parameter means. */
    String value() default "";
}
