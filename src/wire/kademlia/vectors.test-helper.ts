/**
 * What kademlia 2.2.3, rpcudp 5.0.1 and u-msgpack-python 2.8.0 write, as hex digits. The node that
 * asks has the id SHA-1 of `node`, the key is SHA-1 of `key`; `ab` repeated stands for bytes.
 */

export const PACKED_VALUES: readonly (readonly [value: unknown, hex: string])[] = [
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, 'cc80'],
  [255, 'ccff'],
  [256, 'cd0100'],
  [65535, 'cdffff'],
  [65536, 'ce00010000'],
  [4294967295, 'ceffffffff'],
  [4294967296, 'cf0000000100000000'],
  [9007199254740991, 'cf001fffffffffffff'],
  [-1, 'ff'],
  [-32, 'e0'],
  [-33, 'd0df'],
  [-128, 'd080'],
  [-129, 'd1ff7f'],
  [-32768, 'd18000'],
  [-32769, 'd2ffff7fff'],
  [-2147483648, 'd280000000'],
  [-2147483649, 'd3ffffffff7fffffff'],
  ['', 'a0'],
  ['a', 'a161'],
  ['ñandú', 'a7c3b1616e64c3ba'],
  ['x'.repeat(31), 'bf' + '78'.repeat(31)],
  ['x'.repeat(32), 'd920' + '78'.repeat(32)],
  ['x'.repeat(255), 'd9ff' + '78'.repeat(255)],
  ['x'.repeat(256), 'da0100' + '78'.repeat(256)],
  [1.5, 'cb3ff8000000000000'],
  [-0.1, 'cbbfb999999999999a'],
  [true, 'c3'],
  [false, 'c2'],
  [null, 'c0'],
  [new Uint8Array(0).fill(0xab), 'c400' + 'ab'.repeat(0)],
  [new Uint8Array(20).fill(0xab), 'c414' + 'ab'.repeat(20)],
  [new Uint8Array(255).fill(0xab), 'c4ff' + 'ab'.repeat(255)],
  [new Uint8Array(256).fill(0xab), 'c50100' + 'ab'.repeat(256)],
  [new Uint8Array(300).fill(0xab), 'c5012c' + 'ab'.repeat(300)],
  [[1, 'a', [true]], '9301a16191c3'],
  [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    'dc0010000102030405060708090a0b0c0d0e0f',
  ],
  [new Map([['value', 'x']]), '81a576616c7565a178'],
]

export const QUESTIONS = {
  stun: '00f0ad14d7c4684ca0d3afafb7c00da5e044c6110b92a47374756e90',
  ping: '0017911fa362feae46fe21e9925def17c2a23915e292a470696e6791c414f8e966d1e207d02c44511a58dccff2f5429e9a3b',
  store:
    '009effab48391a70ab25e1c66ae34b4c69c88a601592a573746f726593c414f8e966d1e207d02c44511a58dccff2f5429e9a3bc414a62f2225bf70bfaccbc7f1ef2a397836717377deb7687474703a2f2f3132372e302e302e313a393430302f61',
  'store bytes':
    '0060c668b53d6b50ab1bca1a034887e1cae52035ab92a573746f726593c414f8e966d1e207d02c44511a58dccff2f5429e9a3bc414a62f2225bf70bfaccbc7f1ef2a397836717377dec40200ff',
  'store float':
    '0035454c70a0e349ad68ba9bf084f2c144a5204f5f92a573746f726593c414f8e966d1e207d02c44511a58dccff2f5429e9a3bc414a62f2225bf70bfaccbc7f1ef2a397836717377decb3ff0000000000000',
  find_node:
    '00f49e2bf112fc0a852a39f6eb1b136d5e0265c00692a966696e645f6e6f646592c414f8e966d1e207d02c44511a58dccff2f5429e9a3bc414a62f2225bf70bfaccbc7f1ef2a397836717377de',
  find_value:
    '00ea2ad1886edf72e242df94f9ba9d3f505f7f100b92aa66696e645f76616c756592c414f8e966d1e207d02c44511a58dccff2f5429e9a3bc414a62f2225bf70bfaccbc7f1ef2a397836717377de',
} as const

export const ANSWERS = {
  stun: '016b0d31c0d563223024da45691584643ac78c96e892ac3139382e35312e3130302e37cd9c40',
  ping: '016b0d31c0d563223024da45691584643ac78c96e8c414f8e966d1e207d02c44511a58dccff2f5429e9a3b',
  find_node:
    '016b0d31c0d563223024da45691584643ac78c96e89393c414b6589fc6ab0dc82cf12099d1c2d40ab994e8410ca93139322e302e322e31cd211493c414da4b9237bacccdf19c0760cab7aec4a8359010b0a93139322e302e322e33cd211693c414356a192b7913b04c54574d18c28d46e6395428aba93139322e302e322e32cd2115',
  'find_value without':
    '016b0d31c0d563223024da45691584643ac78c96e89393c414b6589fc6ab0dc82cf12099d1c2d40ab994e8410ca93139322e302e322e31cd211493c414da4b9237bacccdf19c0760cab7aec4a8359010b0a93139322e302e322e33cd211693c414356a192b7913b04c54574d18c28d46e6395428aba93139322e302e322e32cd2115',
  store: '016b0d31c0d563223024da45691584643ac78c96e8c3',
  'find_value with': '016b0d31c0d563223024da45691584643ac78c96e881a576616c7565a4686f6c61',
} as const
