using System.Collections.Generic;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Pci;

namespace HyperCore.Core.Network;

/// <summary>Which of the machine's network cards is the uplink.</summary>
public static class UplinkChoice
{
    // Base class 02h: network controller (PCI Code and ID Assignment Specification).
    private const uint NetworkClass = 0x02;

    /// <summary>The function is a network card, with or without a driver here.</summary>
    public static bool IsNetworkCard(HostPciFunction function) => function.ClassCode >> 16 == NetworkClass;

    /// <summary>Chooses.</summary>
    /// <param name="config">What the configuration wants.</param>
    /// <param name="functions">The machine's functions, in the order of their addresses.</param>
    /// <param name="reason">Why there is none, for people.</param>
    /// <returns>Null when there is none.</returns>
    public static HostPciFunction? Find(HyperCoreConfig config, List<HostPciFunction> functions, ref TextBuilder reason)
    {
        if (config.Uplink == UplinkKind.None)
        {
            reason.Append("uplink = none");
            return null;
        }

        HostPciFunction? other = null;
        for (int i = 0; i < functions.Count; i++)
        {
            HostPciFunction function = functions[i];
            bool isWanted = config.Uplink == UplinkKind.Auto ? IsNetworkCard(function) : IsAt(function, config.UplinkAddress);
            if (isWanted && NetworkCardModel.Of(function).Name != null)
            {
                return function;
            }

            other = isWanted ? other ?? function : other;
        }

        if (other != null)
        {
            reason.Append("HyperCore has no driver for ");
            AppendAddress(ref reason, other.Address);
            reason.Append(" (");
            reason.AppendHex(other.VendorId, 4);
            reason.Append(':');
            reason.AppendHex(other.DeviceId, 4);
            reason.Append(')');
        }
        else if (config.Uplink == UplinkKind.Auto)
        {
            reason.Append("the machine has no network card");
        }
        else
        {
            reason.Append("there is no device at the address that uplink names");
        }

        return null;
    }

    /// <summary>Writes an address as the configuration has it: <c>00:03.0</c>.</summary>
    public static void AppendAddress(ref TextBuilder text, PciAddress address)
    {
        text.AppendHex(address.Bus, 2);
        text.Append(':');
        text.AppendHex(address.Device, 2);
        text.Append('.');
        text.AppendDecimal(address.Function);
    }

    private static bool IsAt(HostPciFunction function, PciSelector address) =>
        function.Address.Segment == 0 && function.Address.RoutingId == ((address.Bus << 8) | address.DeviceFunction);
}
