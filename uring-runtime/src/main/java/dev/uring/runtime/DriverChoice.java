package dev.uring.runtime;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Which driver a runtime uses: every provider is asked, best first, until one is available; nothing is skipped in
 * silence.
 *
 * @param provider the one chosen
 * @param available its answer
 * @param info the choice in words
 */
record DriverChoice(DriverProvider provider, DriverProvider.Availability.Available available, DriverInfo info) {
    /**
     * Chooses.
     *
     * @param forced the only name to consider, or null for the best
     * @throws IOException when none is available, naming every reason and remedy
     */
    static DriverChoice choose(String forced) throws IOException {
        List<DriverInfo.Refused> refused = new ArrayList<>();
        List<DriverProvider> providers = providers();
        for (DriverProvider provider : providers) {
            if (forced != null && !provider.name().equals(forced)) {
                continue;
            }
            switch (provider.probe(forced != null)) {
                case DriverProvider.Availability.Available available -> {
                    var info = new DriverInfo(provider.name(), available.details(), List.copyOf(refused),
                            available.missing());
                    System.getLogger("dev.uring").log(refused.isEmpty() ? Level.DEBUG : Level.INFO,
                            () -> "driver: " + info);
                    return new DriverChoice(provider, available, info);
                }
                case DriverProvider.Availability.Unavailable(String reason, String remedy) ->
                        refused.add(new DriverInfo.Refused(provider.name(), reason, remedy));
            }
        }
        throw new IOException(noneText(forced, providers, refused));
    }

    /** Takes one provider, or fails with its reason. */
    static DriverChoice of(DriverProvider provider) throws IOException {
        return switch (provider.probe(true)) {
            case DriverProvider.Availability.Available available -> new DriverChoice(provider, available,
                    new DriverInfo(provider.name(), available.details(), List.of(), available.missing()));
            case DriverProvider.Availability.Unavailable(String reason, String remedy) ->
                    throw new IOException("no driver is available: "
                            + new DriverInfo.Refused(provider.name(), reason, remedy));
        };
    }

    private static List<DriverProvider> providers() {
        List<DriverProvider> all = new ArrayList<>();
        ServiceLoader.load(DriverProvider.class, DriverProvider.class.getClassLoader()).forEach(all::add);
        all.sort(Comparator.comparingInt(DriverProvider::rank).reversed());
        return all;
    }

    private static String noneText(String forced, List<DriverProvider> providers, List<DriverInfo.Refused> refused) {
        List<String> names = providers.stream().map(DriverProvider::name).toList();
        boolean unknown = forced != null && !names.contains(forced);
        StringBuilder text = new StringBuilder("no driver is available: ");
        text.append(unknown ? "uring.driver=" + forced + " is none of " + names : String.valueOf(refused));
        if (!names.contains("epoll")) {
            text.append("; the readiness drivers epoll and nio are not here: add the jar dev.uring:fallback-epoll to the"
                    + " class path or module path");
        }
        return text.toString();
    }
}
