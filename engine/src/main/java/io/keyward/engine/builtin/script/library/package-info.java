/** The libraries that Redis adds to Lua: bit, cjson, cmsgpack and struct. */
@NullMarked
package io.keyward.engine.builtin.script.library;

import org.jspecify.annotations.NullMarked;
