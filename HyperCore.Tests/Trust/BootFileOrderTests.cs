using HyperCore.Core.Config;
using HyperCore.Core.Trust;
using Xunit;

namespace HyperCore.Tests.Trust;

public class BootFileOrderTests
{
    [Fact]
    public void Of_SeveralVms_IsEachFileOnce_InTheOrderOfLoading()
    {
        var config = new HyperCoreConfig();
        Assert.True(ConfigParser.Parse(
            """
            [vm one]
            kernel = \k1
            initrd = \i1
            disk = \d1
            memory = 64M
            [vm installed]
            boot = firmware
            [vm two]
            boot = multiboot
            kernel = /K1
            module = \m1 with arguments
            module = \m2
            disk = \D1
            disk = \d2
            memory = 64M
            """u8,
            config,
            new ConfigDiagnostics()));

        Assert.Equal([@"\k1", @"\i1", @"\d1", @"\m1", @"\m2", @"\d2"], BootFileOrder.Of(config));
    }
}
