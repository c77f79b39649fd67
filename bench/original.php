<?php
/*
 * What mailgraft is measured beside: a transport_filter in PHP that replaces a line ((file:PATH)) by
 * that file through PHP's stream filter convert.base64-encode. It checks nothing.
 */
while (($line = fgets(STDIN)) !== false) {
	if (preg_match('/^\(\(file:(.+)\)\)$/', rtrim($line), $found)) {
		$in = fopen($found[1], 'rb');
		if ($in === false) {
			exit(66);
		}
		$filter = stream_filter_append(STDOUT, 'convert.base64-encode', STREAM_FILTER_WRITE,
			['line-length' => 76, 'line-break-chars' => "\n"]);
		stream_copy_to_stream($in, STDOUT);
		stream_filter_remove($filter);
		fwrite(STDOUT, "\n");
	} else {
		fwrite(STDOUT, $line);
	}
}
