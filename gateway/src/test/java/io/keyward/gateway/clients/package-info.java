/** Real clients drive a running gateway, each as an application would. */
@NullMarked
package io.keyward.gateway.clients;

import org.jspecify.annotations.NullMarked;
