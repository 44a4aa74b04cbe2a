/**
 * The bytes of Redis's RDB format: lengths, strings, checksums and the packed structures of older
 * versions. It knows neither keys nor files.
 */
@NullMarked
package io.keyward.engine.builtin.rdb;

import org.jspecify.annotations.NullMarked;
