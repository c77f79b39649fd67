#!/usr/bin/perl
# The part tree of a message as MIME::Parser sees it, as JSON: for each part its
# type, its name, and the SHA-256 and size of its decoded body.
#
#   oracle.pl < MESSAGE
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use MIME::Parser;

my $parser = MIME::Parser->new;
$parser->output_to_core(1);
$parser->tmp_to_core(1);

sub tree {
	my ($part) = @_;
	my %node = (type => lc $part->mime_type);
	my $name = $part->head->recommended_filename;
	$node{name} = $name if defined $name;
	if ($part->parts) {
		$node{parts} = [map { tree($_) } $part->parts];
	} elsif (my $body = $part->bodyhandle) {
		my $bytes = $body->as_string;
		$node{size} = length $bytes;
		$node{sha256} = sha256_hex($bytes);
	}
	return \%node;
}

binmode STDIN;
my $tree = tree($parser->parse(\*STDIN));
my @errors = grep { defined } $parser->results->errors;
$tree->{errors} = [map { "$_" } @errors] if @errors;
print JSON::PP->new->canonical->ascii->encode($tree), "\n";
