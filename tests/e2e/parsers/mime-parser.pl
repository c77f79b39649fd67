#!/usr/bin/perl
# The parts of messages as MIME::Parser sees them. What it reads and writes: see python.py
use strict;
use warnings;
use Encode qw(decode encode_utf8);
use MIME::Base64 qw(encode_base64);
use MIME::Parser;

sub row {
	print join("\t", map { encode_base64($_, '') } @_), "\n";
}

sub leaves {
	my ($part) = @_;
	if ($part->parts) {
		leaves($_) for $part->parts;
		return;
	}
	my $name = $part->head->recommended_filename;
	$name = '' unless defined $name;
	$name = encode_utf8($name) if utf8::is_utf8($name);
	row(lc $part->mime_type, $name, $part->bodyhandle ? $part->bodyhandle->as_string : '');
}

binmode STDOUT;
while (my $path = <STDIN>) {
	chomp $path;
	my $parser = MIME::Parser->new;
	$parser->output_to_core(1);
	$parser->tmp_to_core(1);
	my $top = eval { $parser->parse_open($path) };
	$top ? leaves($top) : row('!', '', "$@");
	print ".\n";
}
