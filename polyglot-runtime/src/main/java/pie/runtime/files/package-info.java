/**
 * Keep the files of programs. A root is a folder with a quota; programs name files by paths below roots and reach nothing else. Law: a
 * root's count equals the bytes and entries in it, those of open files that have no name any more included, and never exceeds its quota.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.files;
