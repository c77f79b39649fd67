<?php
// Stores files in the mailgraft spool from a long-lived process, without temporary files.
// Needs the sudoers line of doc/spool/README.md, or must run as the spool's owner.

class Mailgraft
{
    private $process;
    private $pipes;

    public function __construct(array $command = ['sudo', '-n', '-u', 'mailgraft', '/usr/bin/mailgraft', 'put', '--batch'])
    {
        $this->process = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $this->pipes);
        if ($this->process === false) {
            throw new RuntimeException('mailgraft does not start');
        }
    }

    // The answer: token, marker, header, size … $more: type, to, expires, inline, cid.
    public function put(string $content, string $name, array $more = []): array
    {
        $request = json_encode($more + ['name' => $name, 'bytes' => strlen($content)], JSON_THROW_ON_ERROR) . "\n" . $content;
        for ($at = 0; $at < strlen($request); $at += $n) {
            $n = fwrite($this->pipes[0], substr($request, $at, 65536));
            if ($n === false || $n === 0) {
                throw new RuntimeException('mailgraft has ended');
            }
        }
        fflush($this->pipes[0]);
        $line = fgets($this->pipes[1]);
        if ($line === false) {
            throw new RuntimeException('mailgraft has ended');
        }
        $answer = json_decode($line, true, 2, JSON_THROW_ON_ERROR);
        if (isset($answer['error'])) {
            throw new InvalidArgumentException($answer['error']);
        }
        return $answer;
    }

    public function close(): int
    {
        fclose($this->pipes[0]);
        fclose($this->pipes[1]);
        return proc_close($this->process);
    }
}

if (isset($argv[0]) && realpath($argv[0]) === __FILE__) {
    $client = $argc > 1 ? new Mailgraft(array_slice($argv, 1)) : new Mailgraft();
    echo $client->put('%PDF-1.4 ...', 'Rechnung März.pdf', ['to' => 'joe@example.net', 'expires' => '21d'])['header'], "\n";
    exit($client->close());
}
