using System;
using System.Text;
using HyperCore.Core.Config;
using HyperCore.Core.Machine;
using Xunit;
using Xunit.Abstractions;

namespace HyperCore.Tests.Core.Machine;

/// <summary>What VMs take of the heap. .NET's objects are a little larger than the same ones in the image.</summary>
public sealed class HeapNeedsTests(ITestOutputHelper output)
{
    private const int MostVms = HyperCoreConfig.MaxVirtualMachines;
    private const int MostVcpus = VirtualMachineConfig.MaxProcessors;
    private const int MostDisks = VirtualMachineConfig.MaxDisks;

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, MostDisks)]
    [InlineData(1, MostVcpus, 0)]
    [InlineData(1, 1, 0, true)]
    [InlineData(MostVms, 2, 0)]
    [InlineData(MostVms, MostVcpus, MostDisks)]
    [InlineData(1, 1, 0, false, true)]
    [InlineData(MostVms, MostVcpus, MostDisks, false, true)]
    public void Of_IsNoLessThanTheObjects_AndNotMuchMore(int vms, int vcpus, int disks, bool settings = false, bool network = false)
    {
        ulong nothing = Allocated("[hypercore]\ntimeout = none\n");
        string text = Text(vms, vcpus, disks, network) + (settings ? "settings = yes\n" : "");
        ulong taken = Allocated(text) - nothing;
        ulong estimate = Estimate(text);
        output.WriteLine($"{vms} VMs, {vcpus} vCPUs and {disks} disks each: {taken >> 10} KiB taken, {estimate >> 10} KiB estimated");
        Assert.InRange(taken, estimate * 3 / 4, estimate);
    }

    [Fact]
    public void Check_LargestConfiguration_Fits()
    {
        HyperCoreConfig config = Parse(Text(MostVms, MostVcpus, MostDisks, network: true));
        var diagnostics = new ConfigDiagnostics();

        // What was allocated before: the configuration and the files' names.
        const ulong Before = 256 << 10;
        Assert.True(HeapNeeds.Check(config, Files(config), HeapNeeds.HeapBytes - Before, diagnostics));
        Assert.Equal(0, diagnostics.ErrorCount);
    }

    [Fact]
    public void Check_TooLittleIsLeft_SaysWhatToDo()
    {
        HyperCoreConfig config = Parse(Text(2, 1, 0));
        var diagnostics = new ConfigDiagnostics();
        Assert.False(HeapNeeds.Check(config, Files(config), HeapNeeds.Reserve + (200 << 10), diagnostics));
        Assert.Equal(
            "the VMs need 232K of HyperCore's own memory, which has 200K for them; expected fewer or smaller disks, fewer cpus or fewer VMs",
            diagnostics.Errors[0].Message);
        Assert.False(HeapNeeds.Check(config, Files(config), 0, diagnostics));
    }

    private static ulong Allocated(string text)
    {
        new TestMachine(text, hasScreen: true).Dispose(); // whatever is allocated once
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var machine = new TestMachine(text, hasScreen: true);
        return (ulong)(GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ulong Estimate(string text)
    {
        HyperCoreConfig config = Parse(text);
        return HeapNeeds.Of(config, Files(config));
    }

    private static HyperCoreConfig Parse(string text)
    {
        var config = new HyperCoreConfig();
        Assert.True(ConfigParser.Parse(Encoding.UTF8.GetBytes(text), config, new ConfigDiagnostics()));
        return config;
    }

    private static BootFiles[] Files(HyperCoreConfig config)
    {
        var files = new BootFiles[config.VirtualMachineCount];
        for (int i = 0; i < files.Length; i++)
        {
            files[i] = new BootFiles(config[i]);
        }

        return files;
    }

    private static string Text(int vms, int vcpus, int disks, bool network = false)
    {
        var text = new StringBuilder("[hypercore]\ntimeout = none\n");
        for (int i = 0; i < vms; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"[vm v{i}]\nkernel = \\k\nmemory = 4M\ncpus = {vcpus}\n");
            text.Append(network ? "network = yes\n" : "");
            for (int disk = 0; disk < disks; disk++)
            {
                text.Append("disk = \\d\n");
            }
        }

        return text.ToString();
    }
}
