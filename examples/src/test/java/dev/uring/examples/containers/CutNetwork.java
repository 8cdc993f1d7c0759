package dev.uring.examples.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network.Ipam;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/** A network between containers, from which one can be cut off, to come back with the address that it had. */
final class CutNetwork implements AutoCloseable {
    private final DockerClient engine = DockerClientFactory.lazyClient();
    private final Network network;
    private String address;

    /** Makes one. The engine chooses a free range; an address can be asked for only in a range that was asked for too. */
    CutNetwork() {
        String range;
        try (Network chosen = Network.newNetwork()) {
            range = engine.inspectNetworkCmd().withNetworkId(chosen.getId()).exec().getIpam().getConfig().getFirst()
                    .getSubnet();
        }
        network = Network.builder().createNetworkCmdModifier(command -> command
                .withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(range)))).build();
    }

    Network network() {
        return network;
    }

    /** Answers the address that others reach a container at. */
    String addressOf(GenericContainer<?> container) {
        return engine.inspectContainerCmd(container.getContainerId()).exec().getNetworkSettings().getNetworks().values()
                .iterator().next().getIpAddress();
    }

    /** Takes a container's cable out: nothing comes through any more, and nobody is told. */
    void cut(GenericContainer<?> container) {
        address = addressOf(container);
        engine.disconnectFromNetworkCmd().withContainerId(container.getContainerId()).withNetworkId(network.getId()).exec();
    }

    /** Puts it in again. */
    void heal(GenericContainer<?> container) {
        engine.connectToNetworkCmd().withContainerId(container.getContainerId()).withNetworkId(network.getId())
                .withContainerNetwork(new ContainerNetwork().withIpamConfig(
                        new ContainerNetwork.Ipam().withIpv4Address(address))).exec();
    }

    @Override
    public void close() {
        network.close();
    }
}
