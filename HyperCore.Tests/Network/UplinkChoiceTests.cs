using System.Text;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Network;
using HyperCore.Core.Pci;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Network;

public sealed class UplinkChoiceTests
{
    private readonly FakePciSpace _space = new();

    public UplinkChoiceTests() => _space.Add(0, 0, 0, 0x1234_8086, 0x060000);

    [Fact]
    public void Auto_IsTheFirstCardWithADriver()
    {
        _space.Add(0, 2, 0, 0x8168_10EC, 0x020000);
        _space.Add(0, 3, 0, 0x10D3_8086, 0x020000);
        _space.Add(0, 4, 0, 0x1041_1AF4, 0x020000);
        Assert.Equal(3, Find("auto", out _)!.Address.Device);
        Assert.Equal(4, Find("00:04.0", out _)!.Address.Device);
    }

    [Theory]
    [InlineData("auto", "HyperCore has no driver for 00:02.0 (10ec:8168)")]
    [InlineData("00:02.0", "HyperCore has no driver for 00:02.0 (10ec:8168)")]
    [InlineData("00:05.0", "there is no device at the address that uplink names")]
    [InlineData("none", "uplink = none")]
    public void NoCard_SaysWhy(string uplink, string reason)
    {
        _space.Add(0, 2, 0, 0x8168_10EC, 0x020000);
        Assert.Null(Find(uplink, out string why));
        Assert.Equal(reason, why);
    }

    [Fact]
    public void Machine_WithoutCard_SaysSo()
    {
        Assert.Null(Find("auto", out string why));
        Assert.Equal("the machine has no network card", why);
    }

    [Theory]
    [InlineData(0x1041_1AF4u, true)]
    [InlineData(0x1000_1AF4u, true)]
    [InlineData(0x1042_1AF4u, false)]
    [InlineData(0x10D3_8086u, true)]
    [InlineData(0x10F6_8086u, true)]
    [InlineData(0x150C_8086u, true)]
    [InlineData(0x100E_8086u, false)]
    public void Models_ThatHaveADriver(uint ids, bool known)
    {
        _space.Add(0, 7, 0, ids, 0x020000);
        Assert.Equal(known, NetworkCardModel.Of(new HostPciFunction(_space, new PciAddress(0, 0, 7, 0))).Name != null);
    }

    private HostPciFunction? Find(string uplink, out string why)
    {
        var config = new HyperCoreConfig();
        Assert.True(ConfigParser.Parse(Encoding.UTF8.GetBytes("[hypercore]\nuplink = " + uplink), config, new ConfigDiagnostics()));
        var text = new TextBuilder(new char[200]);
        HostPciFunction? found = UplinkChoice.Find(config, PciScan.All(_space), ref text);
        why = text.Text.ToString();
        return found;
    }
}
