/** Small files that are replaced whole: configuration, users, state. */
@org.jspecify.annotations.NullMarked
package io.keyward.config.file;
