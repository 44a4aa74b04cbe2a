/** Lua 5.1 on the JVM: reads a text, runs it, bounds its time, memory and depth. */
@NullMarked
package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.NullMarked;
