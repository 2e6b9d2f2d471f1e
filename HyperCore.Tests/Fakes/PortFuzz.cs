using System;
using HyperCore.Core.Devices;

namespace HyperCore.Tests.Fakes;

/// <summary>Throws random port and memory accesses at a device: whatever a guest does, a device never throws.</summary>
internal static class PortFuzz
{
    public static void Run(Device device, ReadOnlySpan<ushort> ports, int seed, Action<Random>? between = null)
    {
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++)
        {
            ushort port = ports[random.Next(ports.Length)];
            if (random.Next(50) == 0)
            {
                port = (ushort)random.Next(0x1_0000);
            }

            int size = 1 << random.Next(3);
            uint value = random.Next(3) == 0 ? (uint)random.Next(256) : (uint)random.NextInt64(0x1_0000_0000);
            switch (random.Next(10))
            {
                case 0:
                    between?.Invoke(random);
                    break;
                case 1:
                    device.WriteMmio((ulong)random.NextInt64(), 8, value);
                    device.ReadMmio((ulong)random.NextInt64(), size);
                    break;
                case < 6:
                    device.ReadPort(port, size);
                    break;
                default:
                    device.WritePort(port, size, value);
                    break;
            }

            if (random.Next(2000) == 0)
            {
                device.Reset();
            }
        }
    }
}
