package dev.uring.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A program that asks a server, from the other processor, and tells what came of it. */
final class Tool {
    private static final String EVENT = "raw_syscalls:sys_enter";

    /**
     * What came of a run.
     *
     * @param output what it printed
     * @param calls  how many system calls the server made meanwhile, if they could be counted
     */
    record Run(String output, OptionalDouble calls) {
    }

    private Tool() {
    }

    /** Runs it. */
    static String run(List<String> command) throws IOException, InterruptedException {
        List<String> pinned = new ArrayList<>(ServerProcess.pin(ServerProcess.LOAD_CPU));
        pinned.addAll(command);
        return runPinned(pinned);
    }

    /**
     * Runs it while perf counts the server's system calls, which makes each of them dearer. Without perf, or root, or
     * a mounted tracefs, nothing is counted, and the reason printed.
     */
    static Run runCounted(ServerProcess server, List<String> command) throws IOException, InterruptedException {
        Path counts = Files.createTempFile("calls", ".csv");
        try {
            List<String> counted = new ArrayList<>(List.of("perf", "stat", "-x", ",", "-e", EVENT, "-o",
                    counts.toString(), "-p",
                    server.pids().stream().map(Object::toString).collect(Collectors.joining(",")), "--"));
            counted.addAll(ServerProcess.pin(ServerProcess.LOAD_CPU));
            counted.addAll(command);
            try {
                String output = runPinned(counted);
                return new Run(output, calls(Files.readString(counts)));
            } catch (IOException e) {
                System.err.println("no system calls counted: " + e.getMessage());
                return new Run("", OptionalDouble.empty());
            }
        } finally {
            Files.delete(counts);
        }
    }

    /** Finds the count in perf's report: the first field of the line of the event. */
    static OptionalDouble calls(String report) {
        return report.lines()
                .filter(line -> line.contains(EVENT))
                .map(line -> line.substring(0, line.indexOf(',')))
                .filter(count -> count.chars().allMatch(Character::isDigit))
                .mapToDouble(Double::parseDouble)
                .findFirst();
    }

    private static String runPinned(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("program failed: status=" + process.exitValue() + " command="
                        + String.join(" ", command) + " output=" + output);
            }
            return output;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Answers the first group of the first match. */
    static String find(Pattern pattern, String output) throws IOException {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IOException("not in the output: pattern=" + pattern + " output=" + output);
        }
        return matcher.group(1);
    }

    /** Prints that something is not compared, if there is a reason; tells whether it is. */
    static boolean isHere(String name, String missing) {
        if (missing != null) {
            System.out.println("skipped " + name + ": " + missing);
        }
        return missing == null;
    }

    /** Answers why a program cannot be run here, or null if it can. */
    static String missing(String program, String debianPackage) {
        return RawRing.isOnPath(program) ? null : "no " + program + " on the path (apt-get install " + debianPackage + ")";
    }
}
