using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using HyperCore.Core.Memory;
using HyperCore.Core.Network;
using HyperCore.Core.Paging;
using HyperCore.Core.Pci;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// Takes one of the machine's network cards over from the firmware as the uplink of the virtual switch. No guest ever reaches it, and it reaches
/// HyperCore's own buffers only.
/// </summary>
internal static class HostUplink
{
    /// <summary>
    /// Keeps every network card from reaching memory. Done before the firmware's memory is given to anybody: frames that come in would be written to where
    /// a firmware that booted from the network had its buffers.
    /// </summary>
    public static void StopDma(HostPci pci)
    {
        for (int i = 0; i < pci.Functions.Count; i++)
        {
            if (UplinkChoice.IsNetworkCard(pci.Functions[i]))
            {
                pci.Functions[i].SetBusMaster(false);
            }
        }
    }

    /// <summary>Makes the machine's network, with an uplink if there is one. The card comes into use from the main loop.</summary>
    /// <returns>Null when no VM is to have a network card; then the machine's is left alone.</returns>
    public static MachineNetwork? Create(HyperCoreConfig config, HostMachine machine, HostPageTables tables, FrameAllocator memory, Log log)
    {
        if (config.NetworkCount == 0)
        {
            return null;
        }

        var network = new MachineNetwork(memory, machine.Clock, log);
        Span<char> buffer = stackalloc char[160];
        var text = new TextBuilder(buffer);
        HostPciFunction? function = UplinkChoice.Find(config, machine.Pci.Functions, ref text);
        if (function != null)
        {
            Connect(network, function, machine, tables, new HostDmaMemory(memory), ref text);
        }

        if (network.Uplink != null)
        {
            log.Write(LogLevel.Info, $"network: uplink {text.Text}");
        }
        else
        {
            network.WhyNoUplink = new string(text.Text);
            log.Write(config.Uplink == UplinkKind.None ? LogLevel.Info : LogLevel.Warning, $"network: no uplink: {text.Text}");
        }

        return network;
    }

    private static void Connect(
        MachineNetwork network, HostPciFunction function, HostMachine machine, HostPageTables tables, HostDmaMemory memory, ref TextBuilder text)
    {
        NetworkCardModel model = NetworkCardModel.Of(function);
        var hardware = new HostNetworkCard(function);
        string? problem = null;
        NetworkCard? card = model.IsVirtio
            ? OpenVirtio(hardware, function, machine, tables, memory, ref problem)
            : OpenE1000e(hardware, model.Name!, machine, tables, memory, ref problem);
        problem ??= card!.Problem;
        if (problem == null && !network.TryConnect(card!, hardware.HasInterrupt))
        {
            problem = "there is no memory for its frames";
        }

        UplinkChoice.AppendAddress(ref text, function.Address);
        text.Append(' ');
        text.Append(model.Name);
        if (problem != null)
        {
            text.Append(": ");
            text.Append(problem);
            return;
        }

        text.Append(" mac=");
        card!.Address.AppendTo(ref text);
        text.Append(hardware.HasInterrupt ? ", interrupts" : ", polled");
    }

    private static VirtioNetCard? OpenVirtio(
        HostNetworkCard hardware, HostPciFunction function, HostMachine machine, HostPageTables tables, HostDmaMemory memory, ref string? problem)
    {
        VirtioCardLayout? layout = VirtioCardLayout.Find(function);
        if (layout == null)
        {
            problem = "it has no modern interface (virtio 1.0 or later)";
            return null;
        }

        for (int i = 0; i < HostPciFunction.BarCount; i++)
        {
            if ((layout.Bars & (1u << i)) != 0 && !hardware.TryMap(tables, i, 1))
            {
                problem = "its registers cannot be reached";
                return null;
            }
        }

        hardware.Enable(tables, machine.LocalApic.Id, InterruptVector.Network, allowMsix: true);
        return new VirtioNetCard(hardware, layout, memory);
    }

    private static E1000eCard? OpenE1000e(
        HostNetworkCard hardware, string name, HostMachine machine, HostPageTables tables, HostDmaMemory memory, ref string? problem)
    {
        if (!hardware.TryMap(tables, 0, E1000eCard.RegisterBytes))
        {
            problem = "its registers cannot be reached";
            return null;
        }

        // With MSI-X the 82574 has other cause bits, and a register that distributes them (7.4.1).
        hardware.Enable(tables, machine.LocalApic.Id, InterruptVector.Network, allowMsix: false);
        return new E1000eCard(hardware, name, memory);
    }
}
