/**
 * JSON Schema as grammars. A <i>conjunction</i>, a set of schemas that one value must all satisfy, is the unit of work: {@code $ref},
 * {@code anyOf} and their siblings, and the properties and items of several schemas for one object or array, all come down to
 * conjunctions. Each gets one rule, found again by the places of its schemas, so that recursion ends.
 *
 * <p>What is generated is always valid; not everything valid is generated. Narrowed are: keys come in the order of the schema; an
 * object whose schema names properties and says nothing of others has no others; numbers are written without needless forms ({@code 1}
 * for an integer, not {@code 1.0}; no exponent where there is a bound); {@code format} is a must; strings with a pattern or format, and
 * keys, use escapes only where JSON asks for them; at most 64 white space characters stand in a row, and none before or after the value.
 */
@NullMarked
package pie.engine.grammar.schema;

import org.jspecify.annotations.NullMarked;
